output "found" {
  description = "Where the packages are, and by name what packages.json says of those for this architecture."
  value = {
    dir    = local.dir
    bucket = var.packages.bucket
    base   = local.base
    place  = local.place
    listed = local.listed
    keys   = local.in_bucket ? toset(data.aws_s3_objects.release[0].keys) : toset([])
    pinned = var.packages.digest != null
  }

  precondition {
    condition     = local.is_manifest || !local.has_manifest
    error_message = "packages: ${local.place}packages.json is no list of packages that this version of the module reads (format 1, with path and sha256 of each). Use the packages of the same version as the module, or build them again: make package."
  }

  precondition {
    condition     = var.packages.digest == null || local.has_manifest
    error_message = "packages.digest is the SHA-256 of packages.json, and ${local.place} has none. Name the folder of a release in packages.dir, or remove packages.digest."
  }

  precondition {
    condition     = var.packages.digest == null || !local.has_manifest || try(sha256(local.text), "") == var.packages.digest
    error_message = "packages: ${local.place}packages.json has the SHA-256 ${try(sha256(local.text), "-")}, and packages.digest demands ${coalesce(var.packages.digest, "-")}. If you changed the version, take packages.digest from that version's SHA256SUMS. If not, someone changed the release: do not apply it."
  }

  precondition {
    condition     = !local.is_manifest || contains(local.architectures, var.architecture)
    error_message = "packages: ${local.place} has packages for ${join(" and ", local.architectures)} only, and architecture is ${var.architecture}. Set architecture to what is there, or name packages for ${var.architecture}."
  }

  precondition {
    condition     = !local.is_manifest || var.packages.version == null || try(local.manifest.version, null) == var.packages.version
    error_message = "packages: ${local.place}packages.json is of version ${try(local.manifest.version, "?")}, and packages.version is ${coalesce(var.packages.version, "-")}. Copy each release to a folder of its own version."
  }
}
