variable "packages" {
  description = "Where the packages are: the module's variable of this name."
  type = object({
    dir     = optional(string)
    bucket  = optional(string)
    prefix  = optional(string)
    version = optional(string)
    digest  = optional(string)
  })
}

variable "architecture" {
  description = "Architecture of the functions: arm64 or x86_64."
  type        = string
}
