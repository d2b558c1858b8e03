variable "name" {
  description = "Name of the role."
  type        = string
}

variable "description" {
  description = "What the role is for."
  type        = string
}

variable "defaults" {
  description = "What all roles of the stack share: their path, the permissions boundary or null, and the tags."
  type = object({
    path                     = string
    permissions_boundary_arn = string
    tags                     = map(string)
  })
}

variable "service" {
  description = "Service that assumes the role, for instance lambda.amazonaws.com."
  type        = string
}

variable "source_account" {
  description = "The service may assume the role only for resources of this account; null if the service does not send the account."
  type        = string
  default     = null
}

variable "source_arn" {
  description = "The service may assume the role only for this resource; null if the service does not send its ARN."
  type        = string
  default     = null
}

variable "policies" {
  description = "Inline policies by name, as JSON. No statement may have a wildcard action or the resource \"*\"."
  type        = map(string)
}

variable "key" {
  description = "The stack's key: its ARN, the placeholder for it in policies (so that the first plan knows them), and the names of services in `kms:ViaService`. null for a role that uses no key."
  type = object({
    arn         = string
    placeholder = string
    via         = map(string)
  })
  default = null
}

variable "key_use" {
  description = "How the role may use the key: by policy, the `uses` of modules/key_use. Their statements are added to the policy of that name."
  type = map(map(object({
    use        = string
    through    = list(string)
    bucket_arn = optional(string)
    key_arn    = optional(string)
  })))
  default = {}
}

variable "too_large" {
  description = "Advice in the error message if the policies are larger than IAM allows."
  type        = string
  default     = "Divide its tasks over several roles."
}

variable "unscoped_sids" {
  description = "Sids of statements whose actions AWS can only grant for the resource \"*\"."
  type        = set(string)
  default     = []
}
