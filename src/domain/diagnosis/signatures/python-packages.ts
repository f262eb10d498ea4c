import type { Topic } from '../signature.ts';

export const PYTHON_PACKAGES: Topic = {
  tool: 'pip, Poetry, uv and Pipenv',
  signatures: [
    {
      cause: 'no_project_manifest',
      confidence: 0.93,
      rank: 'root',
      patterns: [
        /Could not open requirements file: \[Errno 2\] No such file or directory: '(?<file>[^'\n]{1,300})'/i,
        /neither '?setup\.py'? nor '?pyproject\.toml'? found/i,
        /File "?setup\.py"? (?:or "setup\.cfg" )?not found/i,
        /does not appear to be a Python project/i,
        /Poetry could not find a pyproject\.toml/i,
        /No `?pyproject\.toml`? found in/i,
        /No (?:Pipfile|requirements\.txt) (?:present|found)/i,
        /File not found: `?(?<file>[\w./-]{0,120}requirements[\w.-]{0,40}\.txt)/i,
      ],
    },
    {
      cause: 'dependency_conflict',
      confidence: 0.93,
      rank: 'root',
      params: { tool: 'pip' },
      details: [
        /The user requested (?<package>[\w.-]{1,80})/,
        /Cannot install (?:-r \S{1,200} \(line \d{1,5}\)(?:, | and )){0,8}(?<package>\w[\w.-]{0,79})/i,
      ],
      patterns: [
        /ResolutionImpossible/,
        /(?:LibMamba)?UnsatisfiableError|SpecsConfigurationConflictError/,
        /Cannot install [^\n]{1,200}? because these package versions have conflicting dependencies/i,
        /The conflict is caused by:/i,
        /resolution-too-deep|pip's dependency resolver exceeded/i,
        /has requirement [^\n]{1,160}, but you(?:'ll)? have (?<package>[\w.-]{1,80})[^\n]{0,40}which is incompatible/i,
      ],
    },
    {
      // The project asks for two versions of one package: no other way to install helps.
      cause: 'dependency_conflict',
      confidence: 0.95,
      rank: 'root',
      fix: 'fix_source_code',
      params: { tool: 'pip' },
      patterns: [
        /The user requested (?<package>[\w.-]{1,80})(?:\[[\w,-]{1,80}\])?[=<>!~][^\n]{1,80}\s{1,12}The user requested \k<package>(?![\w.-])/i,
      ],
    },
    {
      cause: 'dependency_conflict',
      confidence: 0.93,
      rank: 'root',
      params: { tool: 'poetry' },
      excludes:
        /which doesn't match any\s{1,8}versions|Python (?:version|>=)|python_requires|requires Python/i,
      patterns: [/version solving failed/i, /SolverProblemError/],
      details: [/depends on (?:both )?(?<package>[\w.-]{1,80})/],
    },
    {
      cause: 'dependency_conflict',
      confidence: 0.92,
      rank: 'root',
      params: { tool: 'uv' },
      excludes:
        /was not found in the package registry|requires-python|Python>=|current Python version|there (?:is|are) no versions? of/i,
      patterns: [/No solution found when resolving/i],
    },
    {
      cause: 'dependency_conflict',
      confidence: 0.93,
      rank: 'root',
      params: { tool: 'pipenv' },
      patterns: [
        /Your dependencies could not be resolved\. You likely have a mismatch/i,
        /Could not find a version that matches (?<package>[\w.-]{1,80})[=<>!~]/i,
      ],
      details: [/Could not find a version that matches (?<package>[\w.-]{1,80})[=<>!~]/i],
    },
    {
      cause: 'dependency_conflict',
      confidence: 0.85,
      excludes:
        /cannot import name '(?:Mapping|MutableMapping|Callable|Iterable|Sequence|Hashable)' from 'collections'/i,
      patterns: [
        /cannot import name '(?<name>\w{1,80})' from '(?<package>\w{1,60})[\w.]{0,80}' \([^)\n]{0,200}(?:site|dist)-packages/i,
        /cannot import name '(?:escape|Markup|contextfilter|url_quote|url_decode|soft_unicode|safe_str_cmp|json|TypeVar|ParamSpec|Undefined)' from '(?<package>\w{1,60})/i,
        /PydanticUserError|PydanticImportError: `BaseSettings` has been moved/i,
        /VersionConflict|ContextualVersionConflict|numpy\.dtype size changed/,
        /A module that was compiled using NumPy 1\.x cannot be run in/i,
      ],
      fix: 'change_install_command',
    },
    {
      cause: 'lockfile_out_of_sync',
      confidence: 0.95,
      rank: 'root',
      params: { tool: 'poetry' },
      patterns: [
        /pyproject\.toml changed significantly since poetry\.lock was last generated/i,
        /poetry\.lock (?:is not up to date with|is not consistent with|file is not up to date)/i,
        /(?:does not|doesn't) (?:exist|contain)[^\n]{0,40}poetry\.lock|poetry\.lock was not found/i,
        /The lock file is not (?:compatible with the current version of Poetry|up to date)/i,
      ],
    },
    {
      cause: 'lockfile_out_of_sync',
      confidence: 0.95,
      rank: 'root',
      params: { tool: 'uv' },
      patterns: [
        /Lock ?file (?:hash doesn't match|is not compatible with) pyproject\.toml/i,
        /lockfile at `?uv\.lock`? needs to be updated/i,
        /`--(?:locked|frozen)`[^\n]{0,40}was provided/i,
        /Unable to find lockfile at `?uv\.lock/i,
      ],
    },
    {
      cause: 'lockfile_out_of_sync',
      confidence: 0.95,
      rank: 'root',
      params: { tool: 'pipenv' },
      patterns: [
        /Your Pipfile\.lock \([^)\n]{0,80}\) is out of date/i,
        /Pipfile\.lock[^\n]{0,20}out of date/i,
      ],
    },
    {
      cause: 'dependency_not_found',
      confidence: 0.9,
      excludes:
        /401 Error, Credentials not correct|Requires-Python|require a different python version|Temporary failure in name resolution|NewConnectionError|ConnectTimeoutError|Name or service not known|CERTIFICATE_VERIFY_FAILED/i,
      patterns: [
        /No matching distribution found for (?<package>[\w.[\]-]{1,80})/i,
        /Could not find a version that satisfies the requirement (?<package>[\w.[\]-]{1,80})/i,
        /Because (?<package>[\w.-]{1,80}) was not found in the package registry/i,
        /there (?:is|are) no versions? of (?<package>[\w.-]{1,80})/i,
        /Could not find a matching version of package (?<package>[\w.-]{1,80})/i,
        /\((?<package>[\w.-]{1,80})[^)\n]{0,80}\)?[^\n]{0,20}which doesn't match any\s{1,8}versions/i,
        /depends on (?<package>[\w.-]{1,80}) \([^)\n]{1,60}\)\s{1,4}which doesn't match any\s{1,8}versions/i,
        /Package '?(?<package>[\w.-]{1,80})'? (?:is not found|not found) (?:in|on) PyPI/i,
        /PackagesNotFoundError|The following packages are not available from current channels/i,
      ],
      rank: 'root',
    },
    {
      cause: 'integrity_mismatch',
      confidence: 0.95,
      rank: 'root',
      patterns: [
        /THESE PACKAGES DO NOT MATCH THE HASHES/i,
        /Hash(?:es)? for [^\n]{1,160} not found in known hashes/i,
        /Hash mismatch for `?[^\n]{1,120}/i,
        /Hashes are required in --require-hashes mode/i,
        /Retrieved digest for link|has a wrong hash|invalid hashes/i,
      ],
    },
    {
      cause: 'registry_auth_failed',
      confidence: 0.9,
      patterns: [
        /401 Error, Credentials not correct for https?:\/\/(?<registry>[\w.-]{3,100})/i,
        /40[13] Client Error: (?:Unauthorized|Forbidden)[^\n]{0,40}for url: https?:\/\/(?:[^@\s]{0,100}@)?(?<registry>[\w.-]{3,100})/i,
        /User for (?<registry>[\w.-]{3,100}):\s/i,
        /HTTP error 40[13] while getting https?:\/\/(?:[^@\s]{0,100}@)?(?<registry>[\w.-]{3,100})/i,
        /Source \([\w.-]{1,60}\): Authorization error|Authorization error accessing/i,
        /status code 40[13][^\n]{0,80}(?:pypi|simple|index|whl)/i,
      ],
      phases: ['compile'],
    },
    {
      cause: 'network_transient',
      confidence: 0.88,
      phases: ['compile'],
      excludes: /CERTIFICATE_VERIFY_FAILED/i,
      details: [/host='(?<host>[\w.-]{3,100})'/, /https?:\/\/(?<host>[\w.-]{3,100})/],
      patterns: [
        /(?:pip|urllib3|requests|httpx|poetry)[\w._]{0,60}(?:ReadTimeoutError|ConnectTimeout|ConnectionError|NewConnectionError|MaxRetryError|IncompleteRead|ProtocolError)/i,
        /(?:ReadTimeoutError|ConnectTimeoutError)\(/i,
        /Retrying \(Retry\(total=\d/i,
        /Max retries exceeded with url: \/(?:simple|packages)/i,
        /Could not fetch URL https?:\/\/\S{1,200}: (?:connection error|There was a problem)/i,
        /All attempts to connect to \S{1,100} failed/i,
        /error sending request for url \(https?:\/\/(?<host>[\w.-]{3,100})/i,
        /IncompleteRead\(\d/i,
      ],
    },
  ],
};
