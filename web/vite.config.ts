import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";

const preact = { react: "preact/compat", "react-dom": "preact/compat" };
const jsx = { runtime: "automatic", importSource: "preact" } as const;

/** The page and the embed are built with preact, from the same source as the React component. */
const builds: Record<string, UserConfig> = {
  page: {
    root: resolve("src/page"),
    base: "./",
    resolve: { alias: preact },
    oxc: { jsx },
    build: { outDir: resolve("../site"), emptyOutDir: true, modulePreload: { polyfill: false } },
  },
};

export default defineConfig(({ mode }) => ({
  ...builds[mode],
  build: { target: "es2022", ...builds[mode]?.build },
}));
