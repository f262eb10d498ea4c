import { type Detector, type DetectorContext, namesServer } from '../detector-context.ts';
import { packagesOf, SERVER_FRAMEWORKS, WEB_FRAMEWORKS } from '../frameworks.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { LISTENS, LISTENS_ON_NUMBER, READS_PORT, WORKS } from '../source-patterns.ts';

/**
 * Whether the main process answers on a port. "No" takes proof: every source file of the process was read, nothing in it opens a
 * port or asks for one, and no web framework is imported.
 */
export const detectExposure: Detector = async (context) => {
  const { entry, packageJson } = context;
  if (packageJson?.firstDependency(packagesOf(SERVER_FRAMEWORKS))) return [];
  const scan = entry.scan.mainProcess;
  const listens = scan.first(LISTENS);
  const readsPort = scan.first(READS_PORT);
  if (entry.path === null) return namesServer(context) ? undecided(context) : [];
  if (listens || readsPort) {
    const evidence = [listens, readsPort].flatMap((hit) =>
      hit ? [scan.evidence(hit, hit.match[0].trim())] : [],
    );
    return [observe('exposed', true, SURE.stated, ...evidence), ...portObservations(context)];
  }
  return scan.complete && !importsWebFramework(context) ? notExposed(context) : undecided(context);
};

function portObservations({ entry, folder }: DetectorContext): readonly Observation[] {
  const scan = entry.scan.mainProcess;
  const readsPort = scan.first(READS_PORT);
  if (readsPort)
    return [observe('portFromEnvironment', true, SURE.stated, scan.evidence(readsPort, 'reads PORT'))];
  if (!scan.complete) return [];
  const fixed = scan.first(LISTENS_ON_NUMBER);
  const number = fixed?.match.slice(1).find((group) => group !== undefined);
  const note = `PORT is never read${number === undefined ? '' : `: listens on ${number}`}`;
  const evidence = fixed ? scan.evidence(fixed, note) : folder.evidence(entry.path ?? '.', note);
  return [observe('portFromEnvironment', false, 1 - SURE.guess, evidence)];
}

function notExposed({ entry, folder, start }: DetectorContext): readonly Observation[] {
  const scan = entry.scan.mainProcess;
  const path = entry.path ?? '.';
  const absence = folder.evidence(
    path,
    `no call that opens a port in ${folder.locate(path)} or what it imports`,
  );
  const works = scan.first(WORKS);
  const loop = works ? [scan.evidence(works, `keeps running: ${works.match[0].trim()}`)] : [];
  const named = /worker|consumer|bot|queue|cron|scheduler|jobs?\b/.test(`${path} ${start?.name ?? ''}`);
  const confidence = works && named ? SURE.clear : works || named ? SURE.likely + 0.08 : SURE.likely;
  return [observe('exposed', false, confidence, absence, ...loop)];
}

/** A process of which too little can be read is taken for a web process: a worker that gets a load balancer still works. */
function undecided({ start, folder, packageJson, entry }: DetectorContext): readonly Observation[] {
  const framework = packageJson?.firstDependency(packagesOf(WEB_FRAMEWORKS));
  if (framework) return [observe('exposed', true, SURE.clear, framework.evidence)];
  if (start?.kind === 'server' && packageJson && /\bport\b/i.test(start.line)) {
    return [observe('exposed', true, SURE.clear, packageJson.scriptEvidence(start.name))];
  }
  const note = 'default: answers on a port, as nothing says otherwise';
  const file = entry.path ?? (packageJson ? 'package.json' : 'Procfile');
  return [observe('exposed', true, SURE.guess, folder.evidence(file, note))];
}

function importsWebFramework({ entry }: DetectorContext): boolean {
  const names = packagesOf(WEB_FRAMEWORKS);
  return entry.scan.mainProcess.files.some((file) =>
    names.some((name) => file.text.includes(`'${name}'`) || file.text.includes(`"${name}"`)),
  );
}
