# How the signature is made and written.

locals {
  hash_problems = [
    for rule in [
      {
        is_broken = try(local.sound.hash, "") == "sha1" && !try(local.sound.allow_sha1, false)
        says      = "hash: sha1 is a broken hash and refused by default; ask the provider for sha256, or set allow_sha1 to true"
      },
      {
        is_broken = try(local.sound.hash, "sha1") != "sha1" && try(local.sound.allow_sha1, false)
        says      = "allow_sha1: the hash is not sha1; leave it out"
      },
    ] : rule.says if rule.is_broken
  ]

  signature = try(local.sound.signature, {})
  grammar   = try(local.signature.grammar, "")

  # Further headers are for signatures that are whole in each header.
  grammars_of = {
    more_headers   = ["whole"]
    pair_sep       = ["kv"]
    kv_sep         = ["kv"]
    sig_keys       = ["kv"]
    list_sep       = ["versions"]
    version_sep    = ["versions"]
    versions       = ["versions"]
    max_signatures = ["kv", "versions"]
  }

  more_headers = try(local.signature.more_headers, [])

  signature_problems = concat(
    [
      for member, grammars in local.grammars_of :
      "signature.${member}: belongs to the grammar ${join(" or ", grammars)}; leave it out or change signature.grammar"
      if can(local.signature[member]) && !contains(grammars, local.grammar)
    ],
    length(distinct(local.more_headers)) == length(local.more_headers) && length(setintersection(local.more_headers, try(local.signature.headers, []))) == 0 ? [] : [
      "signature.more_headers: repeats a header; name each header once, in headers or here"
    ],
  )

  # The grammars that are lists: what separates entries, what separates a label from its
  # signature, and the labels that count.
  lists = {
    kv       = { outer = "pair_sep", outer_default = ",", inner = "kv_sep", inner_default = "=", labels = "sig_keys" }
    versions = { outer = "list_sep", outer_default = " ", inner = "version_sep", inner_default = ",", labels = "versions" }
  }

  is_list = can(local.lists[local.grammar])
  list    = try(local.lists[local.grammar], local.lists.kv)
  outer   = try(local.signature[local.list.outer], local.list.outer_default)
  inner   = try(local.signature[local.list.inner], local.list.inner_default)
  labels  = try(local.signature[local.list.labels], [])

  # The characters besides letters and digits in an encoded signature; hex has none.
  encoding_marks = { base64 = "[+/=]", base64url = "[-_]" }

  # ASCII punctuation and the space.
  separator      = "^[ -/:-@\\[-`{-~]+$"
  are_separators = can(regex(local.separator, local.outer)) && can(regex(local.separator, local.inner))

  separator_problems = [
    for rule in [
      {
        is_broken = !can(regex(local.separator, local.outer))
        says      = "signature.${local.list.outer}: has characters other than punctuation and spaces; use for instance , ; or a space"
      },
      {
        is_broken = !can(regex(local.separator, local.inner))
        says      = "signature.${local.list.inner}: has characters other than punctuation and spaces; use for instance = : or ,"
      },
      {
        is_broken = local.are_separators && (strcontains(local.outer, local.inner) || strcontains(local.inner, local.outer))
        says      = "signature.${local.list.inner}: clashes with signature.${local.list.outer}; give them different characters"
      },
      {
        is_broken = can(regex(local.encoding_marks[local.signature.encoding], local.outer))
        says      = "signature.${local.list.outer}: can occur inside signatures of that encoding; use another separator"
      },
      {
        is_broken = length(local.labels) == 0
        says      = "signature.${local.list.labels}: empty or missing; list every label whose signature counts"
      },
      {
        is_broken = anytrue([
          for label in local.labels : label == "" || trimspace(label) != label
          || local.are_separators && (strcontains(label, local.outer) || strcontains(label, local.inner))
        ])
        says = "signature.${local.list.labels}: a label is empty, has spaces around it or holds a separator; write it exactly as in the header"
      },
    ] : rule.says if local.is_list && rule.is_broken
  ]
}
