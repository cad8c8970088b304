# A bucket with every setting that Terraform's provider for AWS has, with the values of the setting cases: written by hand,
# so that a plan compares what the operator wrote with what Terraform would have written.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "endpoint" { type = string }
variable "account" { type = string }
variable "bucket" { type = string }
variable "target" { type = string }
variable "role_arn" { type = string }
variable "kms_key_arn" { type = string }
variable "queue_arn" { type = string }
variable "policy" { type = string }

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = var.account
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints { s3 = var.endpoint }
  # docs/adopting-buckets.md
  ignore_tags { key_prefixes = ["s3-operator.io/"] }
}

resource "aws_s3_bucket" "this" {
  bucket = var.bucket
  tags   = { team = "documents", env = "prod" }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = var.bucket
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = false
  restrict_public_buckets = false
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = var.bucket
  rule { object_ownership = "BucketOwnerPreferred" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = var.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = var.bucket
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = var.bucket
  policy = var.policy
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = var.bucket
  rule {
    id     = "old"
    status = "Enabled"
    filter { prefix = "raw/" }
    expiration { days = 365 }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  bucket = var.bucket
  cors_rule {
    id              = "web"
    allowed_origins = ["https://a.example"]
    allowed_methods = ["PUT"]
  }
}

resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = var.bucket
  role   = var.role_arn
  rule {
    id       = "copy"
    priority = 1
    status   = "Enabled"
    filter {}
    delete_marker_replication { status = "Disabled" }
    destination {
      bucket        = "arn:aws:s3:::${var.target}"
      storage_class = "GLACIER"
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = var.bucket
  target_bucket = var.target
  target_prefix = "logs/"
  target_object_key_format {
    simple_prefix {}
  }
}

resource "aws_s3_bucket_notification" "this" {
  bucket = var.bucket
  queue {
    id            = "uploads"
    queue_arn     = var.queue_arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "uploads/"
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "this" {
  bucket = var.bucket
  name   = "cold"
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 90
  }
}

resource "aws_s3_bucket_inventory" "this" {
  bucket                   = var.bucket
  name                     = "all"
  included_object_versions = "All"
  schedule { frequency = "Daily" }
  destination {
    bucket {
      bucket_arn = "arn:aws:s3:::${var.target}"
      format     = "CSV"
    }
  }
}

resource "aws_s3_bucket_metric" "this" {
  bucket = var.bucket
  name   = "all"
  filter { prefix = "raw/" }
}

resource "aws_s3_bucket_analytics_configuration" "this" {
  bucket = var.bucket
  name   = "all"
  filter { prefix = "raw/" }
}

resource "aws_s3_bucket_accelerate_configuration" "this" {
  bucket = var.bucket
  status = "Enabled"
}

resource "aws_s3_bucket_request_payment_configuration" "this" {
  bucket = var.bucket
  payer  = "Requester"
}

resource "aws_s3_bucket_website_configuration" "this" {
  bucket = var.bucket
  index_document { suffix = "index.html" }
}
