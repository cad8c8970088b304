# The operator is one file of JavaScript, the same for every architecture, so that it is built once, on the builder's own:
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=0.1.0 --tag ghcr.io/s3-operator/s3-operator:0.1.0 .
#
# Dependabot renews the base images; the release workflow records by which digest each was used (provenance).
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Not npm ci: see the Makefile.
RUN npm install --no-save --no-fund --no-audit --ignore-scripts
COPY . .
RUN npm run --silent build && node scripts/image-root.ts /image

# Node and what it needs, no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="s3-operator" \
      org.opencontainers.image.description="Manages S3 buckets declaratively, by custom resources of Kubernetes" \
      org.opencontainers.image.source="https://github.com/s3-operator/s3-operator" \
      org.opencontainers.image.documentation="https://github.com/s3-operator/s3-operator/tree/main/docs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# The AWS SDK looks for a user's settings there, and fails where a user id without a name has no home.
ENV HOME=/home/nonroot
# In numbers, which runAsNonRoot can check.
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/operator.mjs"]
