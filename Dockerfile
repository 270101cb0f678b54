# `node scripts/try-image.ts` carries out these steps without Docker, in empty folders, and starts what comes of them.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${NODE_IMAGE} AS console
WORKDIR /build
RUN npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json ./
COPY packages packages
COPY apps/console apps/console
RUN pnpm install --frozen-lockfile --filter "@baton/console..."
RUN cd apps/console && node node_modules/vite/bin/vite.js build

FROM ${NODE_IMAGE} AS production
WORKDIR /build
RUN npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages packages
COPY apps/server apps/server
COPY apps/cli apps/cli
# Our own packages stay outside node_modules, where Node runs TypeScript as it is.
RUN pnpm install --prod --frozen-lockfile --filter "@baton/cli..."

FROM ${RUNTIME_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
ENV BATON_CONSOLE_FOLDER=/app/console
COPY --from=production /build /app
COPY --from=console /build/apps/console/dist /app/console
COPY deploy/health-check.ts /app/health-check.ts
# The image has no shell: all commands are lists of words.
USER 65532:65532
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/nodejs/bin/node", "/app/health-check.ts"]
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["/app/apps/server/src/main.ts"]
