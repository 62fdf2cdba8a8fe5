# What may call AWS: a service account of Kubernetes, by the role it is annotated with.
locals {
  issuer = replace(aws_iam_openid_connect_provider.this.url, "https://", "")
  service_accounts = {
    secrets       = "external-secrets:external-secrets"
    load-balancer = "kube-system:aws-load-balancer-controller"
    dns           = "external-dns:external-dns"
    photos        = "eco2:images"
    volumes       = "kube-system:ebs-csi-controller-sa"
  }
}

data "aws_iam_policy_document" "service_account" {
  for_each = local.service_accounts
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.this.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["system:serviceaccount:${each.value}"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "service_account" {
  for_each           = local.service_accounts
  name               = "${local.full_name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.service_account[each.key].json
}

resource "aws_iam_role_policy_attachment" "volumes" {
  role       = aws_iam_role.service_account["volumes"].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}

# One JSON object, whose properties infra/k8s/secrets.ts names; its value is never in the state.
resource "aws_secretsmanager_secret" "this" {
  name = "eco2/${var.name}"
}

resource "aws_iam_role_policy" "secrets" {
  role = aws_iam_role.service_account["secrets"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
      Resource = aws_secretsmanager_secret.this.arn
    }]
  })
}

resource "aws_iam_role_policy" "dns" {
  role = aws_iam_role.service_account["dns"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["route53:ChangeResourceRecordSets"], Resource = data.aws_route53_zone.this.arn },
      { Effect = "Allow", Action = ["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"], Resource = "*" },
    ]
  })
}

# As the controller's makers publish it, beside this file: iam_policy.json of aws-load-balancer-controller v2.13.4.
variable "load_balancer_policy" {
  description = "JSON of the policy that the AWS Load Balancer Controller needs"
  type        = string
}

resource "aws_iam_role_policy" "load_balancer" {
  role   = aws_iam_role.service_account["load-balancer"].name
  policy = var.load_balancer_policy
}
