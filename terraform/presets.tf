# The schemes that come with Coatcheck, as JSON text by name. A preset is its file and nothing else.

locals {
  presets = {
    for file in fileset("${path.module}/presets", "*.json") :
    trimsuffix(file, ".json") => jsonencode(jsondecode(file("${path.module}/presets/${file}")).scheme)
  }
}
