# Finds the packages and what packages.json says of them. Each function compares its own zip with that (modules/function).

locals {
  in_bucket = var.packages.bucket != null
  dir       = local.in_bucket ? null : pathexpand(var.packages.dir)
  # A key's beginning, with a slash at its end.
  base  = local.in_bucket ? join("", [for part in [var.packages.prefix, var.packages.version] : "${part}/" if part != null]) : ""
  place = local.in_bucket ? "s3://${var.packages.bucket}/${local.base}" : "${local.dir}/"

  # If packages.dir is no folder, each function says that its zip is missing.
  has_manifest = local.in_bucket || try(fileexists("${local.dir}/packages.json"), false)
  text         = local.in_bucket ? one(data.aws_s3_object.manifest[*].body) : local.has_manifest ? file("${local.dir}/packages.json") : null
  manifest     = try(jsondecode(local.text), null)

  is_manifest = try(
    local.manifest.format == 1 && alltrue(flatten([
      for architecture, packages in local.manifest.packages : [
        for name, package in packages :
        can(regex("^([0-9A-Za-z_-]+/)*[0-9A-Za-z._-]+\\.zip$", package.path)) && can(regex("^[0-9A-Za-z+/]{43}=$", package.sha256))
      ]
    ])),
    false,
  )

  architectures = local.is_manifest ? keys(local.manifest.packages) : []
  listed = {
    for name, package in try(local.is_manifest ? local.manifest.packages[var.architecture] : {}, {}) :
    name => { path = package.path, sha256 = package.sha256 }
  }
}

# What exists there. Asking for an object that does not exist would fail without a word about the variable.
data "aws_s3_objects" "release" {
  count = local.in_bucket ? 1 : 0

  bucket = var.packages.bucket
  prefix = local.base
}

data "aws_s3_object" "manifest" {
  count = local.in_bucket ? 1 : 0

  bucket = var.packages.bucket
  key    = "${local.base}packages.json"

  lifecycle {
    precondition {
      condition     = contains(data.aws_s3_objects.release[0].keys, "${local.base}packages.json")
      error_message = "packages: there is no ${local.place}packages.json. Correct packages.bucket, packages.prefix or packages.version, or copy the release's folder there: aws s3 cp --recursive --checksum-algorithm SHA256 FOLDER ${local.place}"
    }

    # The provider reads the content of these types only:
    # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/s3_object
    postcondition {
      condition     = can(regex("^(application/json|text/.+)$", self.content_type))
      error_message = "packages: ${local.place}packages.json has the content type ${self.content_type}, and Terraform reads JSON only if it says so. Copy it again: aws s3 cp --content-type application/json packages.json ${local.place}packages.json"
    }
  }
}
