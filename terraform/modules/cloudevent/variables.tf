variable "attributes" {
  description = "Names of the attributes that endpoints declare. Every event has all of them; empty where there is no value."
  type        = set(string)
}

variable "compared" {
  description = "Those of them whose order some subscription's filter asks for."
  type        = set(string)
  default     = []
}
