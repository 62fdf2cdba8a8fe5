# What `Aws` in infra/k8s/overlays.ts has, under the same names.
output "account_id" {
  value = local.account
}

output "region" {
  value = var.region
}

output "cluster_name" {
  value = aws_eks_cluster.this.name
}

output "domain" {
  value = var.domain
}

output "certificate_arn" {
  value = aws_acm_certificate_validation.api.certificate_arn
}

output "photos_bucket" {
  value = aws_s3_bucket.photos.bucket
}

output "cdn_domain" {
  value = aws_route53_record.photos.fqdn
}

output "secret_name" {
  value = aws_secretsmanager_secret.this.name
}

output "secrets_role_arn" {
  value = aws_iam_role.service_account["secrets"].arn
}

output "photos_role_arn" {
  value = aws_iam_role.service_account["photos"].arn
}

output "load_balancer_role_arn" {
  value = aws_iam_role.service_account["load-balancer"].arn
}

output "dns_role_arn" {
  value = aws_iam_role.service_account["dns"].arn
}
