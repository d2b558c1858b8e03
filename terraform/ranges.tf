# The address ranges that providers publish for their webhooks, by the name that allowed_cidrs takes. A list is its file:
# those of this version, and those of ranges_dir, which replace them.

locals {
  ranges = merge([
    for folder in concat(["${path.module}/ranges"], var.ranges_dir == null ? [] : [var.ranges_dir]) : {
      for file in fileset(folder, "*.json") :
      trimsuffix(file, ".json") => { for member, value in jsondecode(file("${folder}/${file}")) : member => value if contains(["cidrs", "read_on"], member) }
    }
  ]...)

  # What each endpoint admits, with the lists written out.
  allowed_cidrs = {
    for name, endpoint in var.endpoints :
    name => distinct(flatten([for entry in endpoint.allowed_cidrs : try(local.ranges[entry].cidrs, [entry])]))
  }

  used_ranges = distinct(flatten([for endpoint in values(var.endpoints) : [for entry in endpoint.allowed_cidrs : entry if contains(keys(local.ranges), entry)]]))

  # 90 days. The clock is that of the plan, and nothing is planned from it.
  old_ranges = [for name in local.used_ranges : name if timecmp(timeadd("${local.ranges[name].read_on}T00:00:00Z", "2160h"), plantimestamp()) < 0]
}

# A warning, not a refusal: an old list may still be right, and a stack must be able to change.
check "published_ranges" {
  assert {
    condition     = length(local.old_ranges) == 0
    error_message = "allowed_cidrs uses published ranges that were read more than 90 days ago: ${join(", ", [for name in local.old_ranges : "${name} (on ${local.ranges[name].read_on})"])}. If the provider delivers from other addresses by now, those deliveries are refused. Compare with `coatcheck ranges check ${join(" ", local.old_ranges)}`; to use what it publishes today, add `--dir FOLDER --write` and set ranges_dir to that folder."
  }
}
