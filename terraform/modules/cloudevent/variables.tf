variable "attributes" {
  description = "Names of the attributes that endpoints declare. Every event has all of them; empty where there is no value."
  type        = set(string)
}
