# What packages.json demands of the packages, in a folder and in a bucket, and what a plan says if they are not so.
# tests/releases has folders as `make release` lays them out, with zips of some bytes.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  architecture = "arm64"
  packages     = { dir = "tests/releases/good" }
}

run "a_folder_says_what_it_has" {
  command = plan

  module {
    source = "./modules/packages"
  }

  assert {
    condition     = output.found.listed["ingest"].path == "arm64/ingest.zip" && output.found.listed["ingest"].sha256 == filebase64sha256("tests/releases/good/arm64/ingest.zip")
    error_message = "Found ${jsonencode(output.found)}."
  }
}

run "a_pinned_folder_is_accepted" {
  command = plan

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { dir = "tests/releases/good", digest = filesha256("tests/releases/good/packages.json") }
  }

  assert {
    condition     = output.found.pinned
    error_message = "A digest must pin."
  }
}

run "refuses_another_digest" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { dir = "tests/releases/good", digest = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
}

run "refuses_a_digest_of_nothing" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { dir = "tests/packages", digest = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
}

run "refuses_another_architecture" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    architecture = "x86_64"
  }
}

run "refuses_a_list_it_cannot_read" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { dir = "tests/releases/later" }
  }
}

run "refuses_a_path_out_of_the_folder" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { dir = "tests/releases/outside" }
  }
}

run "a_bucket_says_what_it_has" {
  command = plan

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { bucket = "artefacts", prefix = "coatcheck", version = "0.1.0", digest = filesha256("tests/releases/good/packages.json") }
  }

  override_data {
    target = data.aws_s3_objects.release
    values = { keys = ["coatcheck/0.1.0/packages.json", "coatcheck/0.1.0/arm64/ingest.zip"] }
  }

  override_data {
    target = data.aws_s3_object.manifest
    values = {
      content_type = "application/json"
      # As the file of this test, which is that of version 0.1.0.
      body = "{\n  \"format\": 1,\n  \"version\": \"0.1.0\",\n  \"packages\": {\n    \"arm64\": {\n      \"ingest\": {\"path\": \"arm64/ingest.zip\", \"sha256\": \"C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=\", \"bytes\": 30},\n      \"tampered\": {\"path\": \"arm64/tampered.zip\", \"sha256\": \"C5y5gy6ouQZ4h+QGhosV9ubO452dao1U5bFB2IXBSwo=\", \"bytes\": 30}\n    }\n  }\n}\n"
    }
  }

  assert {
    condition     = output.found.base == "coatcheck/0.1.0/" && output.found.listed["ingest"].path == "arm64/ingest.zip" && length(output.found.keys) == 2
    error_message = "Found ${jsonencode(output.found)}."
  }
}

run "refuses_another_version_in_the_bucket" {
  command         = plan
  expect_failures = [output.found]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { bucket = "artefacts", version = "0.2.0" }
  }

  override_data {
    target = data.aws_s3_objects.release
    values = { keys = ["0.2.0/packages.json"] }
  }

  override_data {
    target = data.aws_s3_object.manifest
    values = { content_type = "application/json", body = "{\"format\":1,\"version\":\"0.1.0\",\"packages\":{\"arm64\":{}}}" }
  }
}

run "refuses_an_empty_bucket" {
  command         = plan
  expect_failures = [data.aws_s3_object.manifest]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { bucket = "artefacts", version = "0.1.0" }
  }

  override_data {
    target = data.aws_s3_objects.release
    values = { keys = [] }
  }
}

run "refuses_a_content_type_that_is_not_read" {
  command         = plan
  expect_failures = [data.aws_s3_object.manifest]

  module {
    source = "./modules/packages"
  }

  variables {
    packages = { bucket = "artefacts", version = "0.1.0" }
  }

  override_data {
    target = data.aws_s3_objects.release
    values = { keys = ["0.1.0/packages.json"] }
  }

  override_data {
    target = data.aws_s3_object.manifest
    values = { content_type = "binary/octet-stream", body = null }
  }
}
