# The attributes by which events can be found: each is a hash key of an index of its own, which costs one more write for an
# event. An endpoint without any pays for none (docs/attributes.md#find).

locals {
  # By endpoint. A pointer has as many of the keys find_1 to find_3 as it has of these.
  found_by = {
    for name, endpoint in var.endpoints : name => [for attribute, rule in endpoint.attributes : attribute if rule.index]
  }

  # As the functions write them and `coatcheck` reads them: shared/domain/src/find_key.rs.
  find_indexes = {
    for number in range(1, 1 + max(0, [for attributes in local.found_by : length(attributes)]...)) :
    "by-attribute-${number}" => "find_${number}"
  }

  find_index_arns = [for name in keys(local.find_indexes) : "${local.arns.events}/index/${name}"]
}
