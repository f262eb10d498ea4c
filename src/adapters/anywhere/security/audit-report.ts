import { rsort, valid } from 'semver';
import * as z from 'zod';
import { singleLine } from '../../../domain/plain-text.ts';
import type { AuditOutcome, DependencyFinding } from '../../../ports/security-scanner.ts';

const severity = z.enum(['info', 'low', 'moderate', 'high', 'critical']);

/** An advisory as `npm audit --json` shows it; a name instead of it says that the package depends on a vulnerable one. */
const advisoryShape = z.object({
  source: z.union([z.number(), z.string()]),
  name: z.string(),
  title: z.string(),
  severity,
  range: z.string(),
  cvss: z.object({ score: z.number(), vectorString: z.string().nullable() }).optional(),
});
type Advisory = z.infer<typeof advisoryShape>;

/** Report version 2, of npm 7 and newer. */
const reportShape = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), advisoryShape])) })),
});

const failureShape = z.object({
  message: z.string().optional(),
  statusCode: z.number().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

/** What npm found: one finding for each advisory, the worst first, or why it could not look. */
export function readAuditReport(report: unknown): AuditOutcome {
  const parsed = reportShape.safeParse(report);
  if (!parsed.success) return { audited: false, reason: reasonIn(report) };
  const advisories = Object.values(parsed.data.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via !== 'string');
  const unique = new Map(advisories.map((advisory) => [`${advisory.source} ${advisory.name}`, advisory]));
  const findings = [...unique.values()].map(finding);
  return { audited: true, findings: findings.sort((left, right) => weight(right) - weight(left)) };
}

function reasonIn(report: unknown): string {
  const failure = failureShape.safeParse(report).data;
  if (failure?.statusCode !== undefined) {
    return `the registry does not serve advisories (HTTP ${failure.statusCode})`;
  }
  const text = failure?.message || failure?.error?.summary || failure?.error?.code;
  return text
    ? `npm could not audit: ${singleLine(text).slice(0, 200)}`
    : 'npm could not audit this lock file';
}

function finding(advisory: Advisory): DependencyFinding {
  const { cvss } = advisory;
  return {
    package: singleLine(advisory.name).slice(0, 214),
    severity: advisory.severity === 'info' ? 'low' : advisory.severity,
    cvss: cvss?.vectorString ? cvss.score : null,
    title: singleLine(advisory.title).slice(0, 200),
    fixedIn: fixedIn(advisory.range),
  };
}

/** The version after all that are vulnerable, or null when the newest ones still are. */
function fixedIn(range: string): string | null {
  const ends = range.split('||').map((part) => /(?:^|\s)<\s*(\d[\w.+-]*)$/.exec(part.trim())?.[1]);
  const versions = ends.filter((end) => end !== undefined).filter((end) => valid(end) !== null);
  return versions.length === ends.length ? (rsort(versions)[0] ?? null) : null;
}

const SEVERITIES = ['low', 'moderate', 'high', 'critical'] as const;
const weight = ({ severity, cvss }: DependencyFinding): number =>
  SEVERITIES.indexOf(severity) * 100 + (cvss ?? 0);
