# Builds with the network of the builder; the image needs none when it starts.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma ./prisma
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_FOLDER=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/prisma ./prisma
COPY package.json schema.graphql LICENSE ./
COPY src ./src
# The embedded PostgreSQL finds its libraries through links, which an install without scripts leaves to be made.
RUN node -e "import('./src/stores/embedded-binaries.ts').then((binaries) => binaries.findPostgresBinaries())"
# An unprivileged user owns the data and the cache of compiled code, and nothing else. The embedded PostgreSQL runs as the same user.
RUN mkdir -p /data node_modules/.cache/colloquy && chown node:node /data node_modules/.cache/colloquy
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "src/main.ts"]
