import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build, type Plugin, type Rolldown } from "vite";
import { smallForms } from "./small-forms.ts";

/**
 * What a browser fetches before the first screen, in as few files as make sense. Left to itself the bundler makes a
 * hundred small ones of what screens share, and over a telephone's connection every handful of them costs a round trip.
 *
 * `start` is what every page needs, with the texts of the first language; `basics` is what signing in, the home page and
 * the list have in common; `sign-in` and `work` are the rest of these. index.html names what the home page and the list
 * need, so that it is fetched at once.
 */
const START = ["index.html", "src/i18n/zh-CN.ts", "antd/locale/zh_CN.js", "dayjs/locale/zh-cn.js"];
const SIGN_IN = ["src/features/sign-in/login-page.tsx"];
const WORK = [
  "src/app/shell/shell.tsx",
  "src/features/home/home-page.tsx",
  "src/engine/list/list-page.tsx",
  "src/ui/object-icon-set.ts",
  // What comes right after the first screen shares these few with editors and forms: put with those they would bring
  // them along, a hundred times as much.
  "src/realtime/texts.ts",
  "@ant-design/icons/es/icons/ClearOutlined.js",
  "@ant-design/icons/es/icons/EyeOutlined.js",
  "@ant-design/icons/es/icons/EditOutlined.js",
  "@ant-design/icons/es/icons/LoginOutlined.js",
];

/** Pieces that several later pages share are put together where they are smaller than this, in bytes. */
const SMALLEST_SHARED = 2_500;

type FirstScreens = Record<"start" | "signIn" | "work", Set<string>>;

/** Only a build knows which modules are used after all: a first one, which writes nothing, is asked. */
async function askFirstBuild(alias: Record<string, string>): Promise<FirstScreens> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const answer = await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [react(), smallForms()],
    resolve: { alias },
    build: { write: false, minify: false, cssMinify: false, reportCompressedSize: false },
  });
  const { output } = (Array.isArray(answer) ? answer[0] : answer) as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  const modulesOf = (names: string[]): Set<string> => {
    const seen = new Set<string>();
    const waiting = names.map((name) => {
      const chunk = chunks.find((one) => one.moduleIds.some((id) => id.endsWith(`/${name}`)));
      if (!chunk) throw new Error(`no chunk has ${name}`);
      return chunk.fileName;
    });
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      waiting.push(...(chunks.find((one) => one.fileName === name)?.imports ?? []));
    }
    return new Set(chunks.filter((one) => seen.has(one.fileName)).flatMap((one) => one.moduleIds));
  };
  return { start: modulesOf(START), signIn: modulesOf(SIGN_IN), work: modulesOf(WORK) };
}

/** Puts the modules of the first screens together and names them in index.html. */
export function firstScreens(alias: Record<string, string>): Plugin {
  let first: FirstScreens | null = null;
  const within = (...sets: (keyof FirstScreens)[]) => {
    return (id: string) => first !== null && sets.every((set) => first?.[set].has(id));
  };
  return {
    name: "guanxi-first-screens",
    apply: "build",
    async buildStart() {
      first = await askFirstBuild(alias);
    },
    config: () => ({
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: {
              groups: [
                // What is imported goes along with who imports it, so the most general comes first.
                { name: "start", test: within("start"), priority: 4 },
                { name: "basics", test: within("signIn", "work"), priority: 3 },
                { name: "sign-in", test: within("signIn"), priority: 2 },
                { name: "work", test: within("work"), priority: 1 },
                { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: SMALLEST_SHARED },
              ],
            },
          },
        },
      },
    }),
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) => {
        const files = Object.values(bundle ?? {});
        return ["basics", "work"].map((name) => {
          const chunk = files.find((file) => file.type === "chunk" && file.name === name);
          if (!chunk) throw new Error(`there is no chunk ${name}`);
          const attrs = { rel: "modulepreload", crossorigin: true, href: `/${chunk.fileName}` };
          return { tag: "link", attrs, injectTo: "head" as const };
        });
      },
    },
  };
}
