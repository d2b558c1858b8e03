variable "packages" {
  description = <<-EOT
    Where the functions' packages are. Either
    - dir: a folder, as `make package` or `make release` makes it or a release's archive has it. A relative path starts at
      the folder that Terraform runs in.
    or
    - bucket, prefix, version: a release that was copied to s3://{bucket}/{prefix}/{version}/, in the stack's region. Without
      a prefix it is s3://{bucket}/{version}/. The zips must have been uploaded with their SHA-256 as checksum.
    and optionally
    - digest: SHA-256 of the file packages.json there, as SHA256SUMS has it. packages.json has the digest of every zip, so
      this one line pins them all.
    Each zip must have the digest that packages.json states, or the plan is refused. A folder without packages.json is taken
    as it is, unless digest is set.
  EOT
  type = object({
    dir     = optional(string)
    bucket  = optional(string)
    prefix  = optional(string)
    version = optional(string)
    digest  = optional(string)
  })
  default = {
    dir = "../target/package"
  }
  nullable = false

  validation {
    condition     = (var.packages.dir == null) != (var.packages.bucket == null)
    error_message = "packages must name either a folder (packages.dir) or a bucket (packages.bucket), and not both. Remove one of them."
  }

  validation {
    condition     = (var.packages.bucket == null) == (var.packages.version == null)
    error_message = "packages.version is the folder of one release in packages.bucket: set both or neither. With packages.dir, name the folder of the version there."
  }

  validation {
    condition     = var.packages.prefix == null || var.packages.bucket != null
    error_message = "packages.prefix is a folder in packages.bucket. Remove it, or name the bucket."
  }

  validation {
    condition     = var.packages.version == null ? true : can(regex("^[0-9A-Za-z][0-9A-Za-z._+-]*$", var.packages.version))
    error_message = "packages.version must be one folder's name of letters, digits, dots, hyphens, underscores and plus signs, for instance 0.1.0. Folders above it belong into packages.prefix."
  }

  validation {
    condition     = var.packages.prefix == null ? true : can(regex("^[0-9A-Za-z!_.*'()-]+(/[0-9A-Za-z!_.*'()-]+)*$", var.packages.prefix))
    error_message = "packages.prefix must be a path without a slash at its start or end, for instance releases/coatcheck. Leave it out if the versions are at the top of the bucket."
  }

  validation {
    condition     = var.packages.digest == null ? true : can(regex("^[0-9a-f]{64}$", var.packages.digest))
    error_message = "packages.digest must be the SHA-256 of packages.json as 64 lowercase hexadecimal digits: copy it from SHA256SUMS, or from sha256sum packages.json."
  }
}
