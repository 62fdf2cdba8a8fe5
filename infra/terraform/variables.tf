terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

provider "aws" {
  region = var.region
}

# CloudFront takes certificates of this region alone.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

variable "name" {
  description = "Of the environment, as its overlay: dev or prod"
  type        = string
}

variable "region" {
  type    = string
  default = "ap-northeast-2"
}

variable "domain" {
  description = "A hosted zone of Route 53; the API is api.<domain>, photos are at photos.<domain>"
  type        = string
}

variable "node_pools" {
  description = "Nodes by what they are kept for; general takes everything that names no other"
  type        = map(object({ instance_type = string, min = number, max = number }))
  default = {
    general        = { instance_type = "m7g.xlarge", min = 3, max = 9 }
    worker-ai      = { instance_type = "c7g.xlarge", min = 3, max = 12 }
    worker-storage = { instance_type = "m7g.large", min = 2, max = 4 }
  }
}

data "aws_caller_identity" "this" {}
data "aws_availability_zones" "this" {
  state = "available"
}

locals {
  full_name = "eco2-${var.name}"
  account   = data.aws_caller_identity.this.account_id
  zones     = slice(data.aws_availability_zones.this.names, 0, 3)
}
