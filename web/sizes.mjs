// Prints, as JSON, how many bytes of our own a page loads, minified and gzipped: of the photo client, and of the
// React component with it (React itself apart). `make check` holds them against their budgets.
import { gzipSync } from "node:zlib";
import { build } from "vite";

async function sizeOf(entry) {
  const [{ output }] = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry, formats: ["es"], fileName: "out" },
      rolldownOptions: { external: /^react/, output: { minify: true, comments: false } },
    },
  });
  return gzipSync(output[0].code, { level: 9 }).length;
}

const client = await sizeOf("src/client/client.ts");
const component = await sizeOf("src/react/RandomPhoto.tsx");
console.log(JSON.stringify({ client, component }));
