# The role of ServiceAccount orders in namespace shop, with its rights on the database and the queue.

locals {
  account = "111122223333"
  issuer  = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
}

resource "aws_iam_role" "orders" {
  name = "orders"
  path = "/workloads/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${local.account}:oidc-provider/${local.issuer}" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:sub" = "system:serviceaccount:shop:orders"
          "${local.issuer}:aud" = "sts.amazonaws.com"
        }
      }
    }]
  })

  tags = {
    # The consent to the operator: CLUSTER/NAMESPACE/SERVICEACCOUNT, with the operator's clusterName.
    # Several are separated by spaces.
    "s3-operator.io/service-accounts" = "default/shop/orders"
  }
}

# Do not use aws_iam_role_policies_exclusive or the argument inline_policy: both remove the operator's policy.
resource "aws_iam_role_policy" "orders" {
  name = "database-and-queue"
  role = aws_iam_role.orders.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "rds-db:connect"
        Resource = "arn:aws:rds-db:eu-central-1:${local.account}:dbuser:db-EXAMPLE/orders"
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = "arn:aws:sqs:eu-central-1:${local.account}:orders"
      },
    ]
  })
}
