import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";

/** The page and the embed are built with preact, from the same source as the React component. */
const preact: UserConfig = {
  resolve: { alias: { "react-dom/client": resolve("src/preact/client.ts"), react: resolve("src/preact/react.ts") } },
  // Preact's createElement, and not its JSX runtime beside it: 250 bytes less.
  oxc: {
    jsx: { runtime: "classic", pragma: "createElement", pragmaFrag: "Fragment" },
    jsxInject: 'import { createElement, Fragment } from "react"',
  },
};

const builds: Record<string, UserConfig> = {
  page: {
    ...preact,
    root: resolve("src/page"),
    base: "./",
    build: {
      outDir: resolve("../site"),
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          chunkFileNames: ({ name }) => `assets/${name.toLowerCase()}-[hash].js`,
          assetFileNames: "assets/style-[hash][extname]",
        },
      },
    },
  },
  embed: {
    ...preact,
    build: {
      outDir: resolve("../site"),
      emptyOutDir: false,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: "src/embed/embed.ts", output: { entryFileNames: "embed.js" } },
      minify: "terser", // 100 bytes less than the built-in one (2026-11)
      terserOptions: { compress: { passes: 3 }, ecma: 2020 },
    },
  },
  library: {
    build: {
      outDir: "dist",
      lib: { entry: {
          index: "src/react/index.ts",
          client: "src/client/index.ts",
          languages: "src/text/languages.ts",
          jsx: "src/embed/jsx.ts",
        }, formats: ["es"] },
      rolldownOptions: { external: /^react/, output: { banner: (chunk) => (chunk.name === "index" ? '"use client";' : "") } },
    },
  },
};

export default defineConfig(({ mode }) => ({
  ...builds[mode],
  build: { target: "es2022", ...builds[mode]?.build },
}));
