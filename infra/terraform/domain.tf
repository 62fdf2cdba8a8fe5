data "aws_route53_zone" "this" {
  name = var.domain
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.${var.domain}"
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "photos" {
  provider          = aws.us_east_1
  domain_name       = "photos.${var.domain}"
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    api    = one(aws_acm_certificate.api.domain_validation_options)
    photos = one(aws_acm_certificate.photos.domain_validation_options)
  }
  zone_id = data.aws_route53_zone.this.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 60
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = [aws_route53_record.validation["api"].fqdn]
}

resource "aws_acm_certificate_validation" "photos" {
  provider                = aws.us_east_1
  certificate_arn         = aws_acm_certificate.photos.arn
  validation_record_fqdns = [aws_route53_record.validation["photos"].fqdn]
}

# api.<domain> is ExternalDNS' to write: its load balancer is made by the cluster.
resource "aws_route53_record" "photos" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = "photos.${var.domain}"
  type    = "A"
  alias {
    name                   = aws_cloudfront_distribution.photos.domain_name
    zone_id                = aws_cloudfront_distribution.photos.hosted_zone_id
    evaluate_target_health = false
  }
}
