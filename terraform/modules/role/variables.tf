variable "name" {
  description = "Name of the role."
  type        = string
}

variable "description" {
  description = "What the role is for."
  type        = string
}

variable "service" {
  description = "Service that assumes the role, for instance lambda.amazonaws.com."
  type        = string
}

variable "source_account" {
  description = "Only on behalf of this account's resources; null where the service sends no such key."
  type        = string
  default     = null
}

variable "source_arn" {
  description = "Only on behalf of this resource; null where the service sends no such key."
  type        = string
  default     = null
}

variable "policies" {
  description = "Inline policies by name, as JSON. No statement may have a wildcard action, nor the resource \"*\"."
  type        = map(string)
}

variable "key" {
  description = "The stack's key: the ARN that stands for it in the policies, so that they are known in the first plan, and its own."
  type = object({
    stand_in = string
    arn      = string
  })
  default = null
}

variable "too_large" {
  description = "What to do if the policies are larger than IAM allows."
  type        = string
  default     = "Divide what it is for over several roles."
}

variable "unscoped_sids" {
  description = "Sids of statements whose actions AWS offers for the resource \"*\" only."
  type        = set(string)
  default     = []
}
