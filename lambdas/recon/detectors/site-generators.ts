import { readConfig } from '../config-file.ts';
import { type Detector, namesServer } from '../detector-context.ts';
import { packagesOf, SERVER_FRAMEWORKS } from '../frameworks.ts';
import { observe, SURE } from '../observation.ts';
import { observeBuiltSite } from '../static-site.ts';

interface Generator {
  readonly packageName: string;
  readonly framework: string;
  readonly builder: readonly string[];
  readonly directory: string;
  /** Set where the browser routes; null where every page is a file. */
  readonly fallback: string | null;
  /** Configuration, and the literal in it that names another output folder. */
  readonly config?: readonly [stem: string, directory: RegExp];
}

const GENERATORS: readonly Generator[] = [
  {
    packageName: 'gatsby',
    framework: 'gatsby',
    builder: ['gatsby', 'build'],
    directory: 'public',
    fallback: null,
  },
  {
    packageName: '@docusaurus/core',
    framework: 'docusaurus',
    builder: ['docusaurus', 'build'],
    directory: 'build',
    fallback: null,
  },
  {
    packageName: 'react-scripts',
    framework: 'create-react-app',
    builder: ['react-scripts', 'build'],
    directory: 'build',
    fallback: 'index.html',
  },
  {
    packageName: '@vue/cli-service',
    framework: 'vue-cli',
    builder: ['vue-cli-service', 'build'],
    directory: 'dist',
    fallback: 'index.html',
    config: ['vue.config', /\boutputDir\s{0,4}:\s{0,4}['"]([^'"\n]{1,100})['"]/],
  },
  {
    packageName: '@11ty/eleventy',
    framework: 'eleventy',
    builder: ['eleventy'],
    directory: '_site',
    fallback: null,
    config: ['eleventy.config', /\boutput\s{0,4}:\s{0,4}['"]([^'"\n]{1,100})['"]/],
  },
  {
    packageName: 'hexo',
    framework: 'hexo',
    builder: ['hexo', 'generate'],
    directory: 'public',
    fallback: null,
  },
  {
    packageName: 'ember-cli',
    framework: 'ember',
    builder: ['ember', 'build', '--environment=production'],
    directory: 'dist',
    fallback: 'index.html',
  },
  {
    packageName: 'parcel',
    framework: 'parcel',
    builder: ['parcel', 'build'],
    directory: 'dist',
    fallback: 'index.html',
  },
  {
    packageName: '@rsbuild/core',
    framework: 'rsbuild',
    builder: ['rsbuild', 'build'],
    directory: 'dist',
    fallback: 'index.html',
  },
  {
    packageName: 'html-webpack-plugin',
    framework: 'webpack',
    builder: ['webpack', '--mode', 'production'],
    directory: 'dist',
    fallback: 'index.html',
    config: [
      'webpack.config',
      /\bpath\s{0,4}:\s{0,4}path\.(?:resolve|join)\(__dirname,\s{0,4}['"]([\w./-]{1,100})['"]/,
    ],
  },
];

/** Tools whose build writes a folder of files. */
export const detectSiteGenerators: Detector = async (context) => {
  const { node, folder, entry } = context;
  if (!node || namesServer(context) || entry.path !== null) return [];
  if (node.packageJson.firstDependency(packagesOf(SERVER_FRAMEWORKS))) return [];
  const generator = GENERATORS.find(({ packageName }) => node.packageJson.dependency(packageName));
  const dependency = generator && node.packageJson.dependency(generator.packageName);
  if (!generator || !dependency) return pressSite(context);
  const stems = generator.config
    ? [generator.config[0], `.${generator.config[0].replace('.config', '')}`]
    : [];
  const configs = await Promise.all(stems.map((stem) => readConfig(folder, stem)));
  const outputs = configs.flatMap(
    (config) => (generator.config && config.setting(generator.config[1])) ?? [],
  );
  return [
    observe('framework', generator.framework, SURE.stated, dependency),
    ...observeBuiltSite(node, {
      ...generator,
      directory: outputs[0]?.value ?? generator.directory,
      confidence: SURE.stated,
      evidence: [dependency, ...outputs.map((output) => output.evidence)],
    }),
  ];
};

/** VitePress and VuePress write below the folder they are called with, `docs` more often than not. */
const pressSite: Detector = async ({ node, folder }) => {
  const press = node?.packageJson.firstDependency(['vitepress', 'vuepress']);
  if (!node || !press) return [];
  const source = ['docs', '.'].find((path) => folder.hasFolder(`${path}/.${press.name}`));
  if (source === undefined) return [];
  return [
    observe('framework', press.name, SURE.stated, press.evidence),
    ...observeBuiltSite(node, {
      directory: `${source}/.${press.name}/dist`,
      fallback: null,
      builder: [press.name, 'build', source],
      confidence: SURE.clear,
      evidence: [press.evidence],
    }),
  ];
};
