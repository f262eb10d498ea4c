import { NONE } from '../../../src/domain/plan-settings.ts';
import { commandText } from '../../../src/domain/wording.ts';
import { fixAction, inForce } from './fix-action.ts';
import { packageManagerOf, runProgram, runScript, scriptOf, scriptsOf } from './package-commands.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { changeStartCommand } from './start.ts';

/** Names of scripts that build for production, the most usual first. */
const BUILD_SCRIPTS = [
  'build',
  'build:prod',
  'build:production',
  'build:all',
  'build:server',
  'build:client',
  'compile',
  'bundle',
  'dist',
  'prod',
];
const BUILD_LIKE = /^(?:build|compile|bundle)(?:[:._-].*)?$/;
const NOT_FOR_PRODUCTION = /watch|dev|test|docker|storybook|clean|lint|doc|analy[sz]e|debug/i;
const MOST_PROPOSED = 3;

function buildScripts({ repository }: Ailment): readonly string[] {
  if (repository === null) return [];
  const scripts = scriptsOf(repository);
  const known = BUILD_SCRIPTS.filter((name) => scripts.includes(name));
  const alike = scripts.filter(
    (name) => BUILD_LIKE.test(name) && !NOT_FOR_PRODUCTION.test(name) && !known.includes(name),
  );
  return [...known, ...alike.sort()];
}

/** A script that is not there: another one that builds, or none. A missing script of the start is another matter. */
export const changeBuildCommand: Remedy = (ailment) => {
  const manager = packageManagerOf(ailment);
  const build = ailment.plan?.build.value ?? null;
  if (ailment.failure.stage !== 'build') return changeStartCommand(ailment);
  if (manager === null || build === null) return [];
  const missing = scriptOf(build);
  const others = buildScripts(ailment).filter((script) => script !== missing);
  const commands = others.slice(0, MOST_PROPOSED - 1).map((script) => runScript(manager, script));
  return [...commands, NONE].map((command) =>
    fixAction(ailment, 'change_build_command', {
      does:
        command === NONE ? 'leave the build out, as there is no script for it' : `build with \`${command}\``,
      parameters: { command },
      change: { plan: { build: command } },
    }),
  );
};

/** Builders of frameworks that a start looks for the results of, and the package that brings each. */
const BUILDERS = [
  { uses: 'next', words: 'next build' },
  { uses: 'nuxt', words: 'nuxt build' },
  { uses: 'gatsby', words: 'gatsby build' },
  { uses: 'astro', words: 'astro build' },
  { uses: 'vite', words: 'vite build' },
  { uses: '@nestjs/cli', words: 'nest build' },
  { uses: 'typescript', words: 'tsc' },
] as const;

/** What a start needs and the build has not made: built by a script that exists, or by the builder of the framework. */
export const runBuildStep: Remedy = (ailment) => {
  const manager = packageManagerOf(ailment);
  if (manager === null || ailment.repository === null) return [];
  const present = ailment.plan?.build.value ?? null;
  const running = scriptOf(present);
  const scripts = buildScripts(ailment).filter((script) => script !== running);
  const packages = [...ailment.repository.dependencies, ...ailment.repository.devDependencies];
  const builder = BUILDERS.find(({ uses }) => packages.includes(uses));
  const steps = [
    ...(packages.includes('prisma') ? [runProgram(manager, 'prisma generate')] : []),
    ...scripts.map((script) => runScript(manager, script)),
    ...(builder && scripts.length === 0 ? [runProgram(manager, builder.words)] : []),
  ];
  const before = present === null ? '' : `${commandText(present)} && `;
  const wanted = present === null ? steps.filter((step) => !step.endsWith('prisma generate')) : steps;
  return wanted.slice(0, MOST_PROPOSED).map((step) =>
    fixAction(ailment, 'run_build_step', {
      does: `run \`${step}\` in the build`,
      parameters: { command: step },
      change: { plan: { build: `${before}${step}` } },
    }),
  );
};

/** Node's own limit on a small machine, in MiB; what it is elsewhere, nobody says. */
const USUAL_MEMORY = 2048;
const MOST_MEMORY = 16_384;

export const increaseBuildMemory: Remedy = (ailment) => {
  if (ailment.plan?.runtime.value === 'python') return [];
  const present = Number(inForce(ailment, 'buildMemory') ?? USUAL_MEMORY);
  const megabytes = Math.min(present * 2, MOST_MEMORY);
  if (megabytes <= present) return [];
  return [
    fixAction(ailment, 'increase_build_memory', {
      does: `let the build use ${megabytes} MiB of memory`,
      parameters: { megabytes },
      change: { plan: { buildMemory: String(megabytes) } },
    }),
  ];
};
