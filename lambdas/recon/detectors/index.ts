import type { Detector } from '../detector-context.ts';
import { detectAngular } from './angular.ts';
import { detectAppJson } from './app-json.ts';
import { detectAstro } from './astro.ts';
import { detectCompose } from './compose.ts';
import { detectDatabase } from './database.ts';
import { detectDockerfile } from './dockerfile.ts';
import { detectEntryFile } from './entry-file.ts';
import { detectEnvironmentExample } from './env-example.ts';
import { detectEnvironmentReads } from './env-reads.ts';
import { detectExposure } from './exposure.ts';
import { detectHealthPath } from './health-path.ts';
import { detectHttpFramework } from './http-framework.ts';
import { detectLockFiles } from './lockfiles.ts';
import { detectMigrations } from './migrations.ts';
import { detectNest } from './nest.ts';
import { detectNext } from './next.ts';
import { detectNodeVersion } from './node-version.ts';
import { detectNuxt } from './nuxt.ts';
import { detectOtherLanguages } from './other-languages.ts';
import { detectPackageJson } from './package-json.ts';
import { detectProcfile } from './procfile.ts';
import { detectPython } from './python.ts';
import { detectReactRouter } from './react-router.ts';
import { detectSiteGenerators } from './site-generators.ts';
import { detectStaticSite } from './static-site.ts';
import { detectSvelteKit } from './svelte-kit.ts';
import { detectVite } from './vite.ts';
import { detectWebSocket } from './web-socket.ts';

/** Every detector; between equally sure observations the first one wins. */
export const DETECTORS: readonly Detector[] = [
  detectProcfile,
  detectPackageJson,
  detectLockFiles,
  detectNodeVersion,
  detectNext,
  detectNuxt,
  detectReactRouter,
  detectSvelteKit,
  detectAstro,
  detectNest,
  detectAngular,
  detectSiteGenerators,
  detectVite,
  detectHttpFramework,
  detectEntryFile,
  detectPython,
  detectStaticSite,
  detectExposure,
  detectDatabase,
  detectMigrations,
  detectHealthPath,
  detectWebSocket,
  detectEnvironmentExample,
  detectEnvironmentReads,
  detectAppJson,
  detectDockerfile,
  detectCompose,
  detectOtherLanguages,
];
