# The platform alone (`tegata serve`): needs ISSUER, DATABASE_URL and MASTER_KEY, and keeps nothing on its own disk.
# The base is pinned by its exact version; add "@sha256:…" from your registry's mirror to pin it bit for bit.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY views views
COPY examples examples
RUN node node_modules/typescript7/bin/tsc -p tsconfig.build.json

FROM node:24.21.0-bookworm-slim AS modules
# Empty takes the portable password hash of the package. "-O3 -mavx2" builds one about 1.7 times as fast
# that runs on x86-64 machines with AVX2 only.
ARG ARGON2_CFLAGS=""
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages are the embedded PostgreSQL and the runtimes for `npm start`: not wanted here.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund
RUN if [ -n "$ARGON2_CFLAGS" ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends g++ make python3 \
      && cd node_modules/argon2 \
      && CFLAGS="$ARGON2_CFLAGS" CXXFLAGS="$ARGON2_CFLAGS" \
         node /usr/local/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js rebuild --nodedir=/usr/local \
      && mv build/Release/argon2.node /tmp/argon2.node && rm -rf build \
      && mkdir -p build/Release && mv /tmp/argon2.node build/Release/argon2.node \
      && node -e "require('argon2')" ; \
    fi

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    PORT=3000 \
    NODE_OPTIONS="--enable-source-maps --disable-warning=ExperimentalWarning"
WORKDIR /app
COPY package.json ./
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/views dist/views
COPY views views
COPY migrations migrations
# The image's own user `node`, as numbers so that a cluster can see that it is not root. It owns none of the files.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The program handles the signals of a PID 1 itself: SIGTERM finishes the requests under way.
CMD ["node", "dist/src/main.js", "serve"]
