# Schemes that must be refused or accepted: shared/signature/fixtures, which the Rust tests read too, and the presets.

run "schemes_are_refused_and_accepted" {
  command = plan

  module {
    source = "./tests/schemes"
  }

  # A file that is misread must not pass for one without mistakes.
  assert {
    condition     = output.counts.refused >= 110 && output.counts.accepted >= 30 && output.counts.presets >= 4
    error_message = "There are fewer schemes than there should be: ${jsonencode(output.counts)}"
  }

  assert {
    condition     = length(output.not_refused) == 0
    error_message = "These schemes must be refused with a problem that names the field: ${jsonencode(output.not_refused)}"
  }

  assert {
    condition     = length(output.beside_the_point) == 0
    error_message = "Each of these schemes is broken in one way, and problems name other fields: ${jsonencode(output.beside_the_point)}"
  }

  assert {
    condition     = length(output.not_said_well) == 0
    error_message = "A problem is \"field: what is wrong; remedy\": ${jsonencode(output.not_said_well)}"
  }

  assert {
    condition     = length(output.not_accepted) == 0
    error_message = "These schemes and presets are sound: ${jsonencode(output.not_accepted)}"
  }

  assert {
    condition     = length(output.not_unreadable) == 0
    error_message = "These texts are not JSON objects: ${jsonencode(output.not_unreadable)}"
  }

  assert {
    condition     = output.facts == output.expected_facts && alltrue([for names in output.facts : length(names) > 0])
    error_message = "The stack must know of the sound schemes ${jsonencode(output.expected_facts)}, and was told ${jsonencode(output.facts)}"
  }

  assert {
    condition     = output.only_bytes_tell == output.expected_only_bytes_tell && length(output.only_bytes_tell) > 0
    error_message = "Only bytes distinguish the events of ${jsonencode(output.expected_only_bytes_tell)}, and of ${jsonencode(output.only_bytes_tell)} it was said"
  }
}
