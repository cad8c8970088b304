# The AWS simulator, for test/e2e only. Its context is dist/.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY simulator.mjs /
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/simulator.mjs"]
