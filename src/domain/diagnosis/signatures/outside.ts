import type { Topic } from '../signature.ts';

/** Failures that are known to be none of the causes: a fault of a tool, of AWS or of special hardware. */
export const OUTSIDE: Topic = {
  tool: 'tools that report a fault of their own',
  signatures: [
    {
      // Also beside what the plugin was told by AWS, which then is the reason.
      cause: 'unknown',
      confidence: 0.9,
      patterns: [
        /Stack trace from the [\w.-]{1,100} plugin|\bTERRAFORM CRASH\b|The \S{1,100} plugin crashed|The plugin encountered an error, and failed to respond/i,
      ],
    },
    {
      cause: 'unknown',
      confidence: 0.9,
      rank: 'root',
      patterns: [
        /CUDA (?:error|driver|out of memory|initialization|kernel|runtime)|no kernel image is available for execution|Found no NVIDIA driver|nvidia-(?:smi|container)|runtime (?:specified|name:?) nvidia|capabilities: \[\[gpu\]\]|cudnn|libcuda|ROCm|torch\.cuda|OutOfMemoryError: CUDA/i,
        /(?:ERR!|error) (?:Exit handler never called|cb\(\) never called)/i,
        /This is an error with npm itself/i,
        /InvalidChangeBatch|CNAMEAlreadyExists|record set[^\n]{0,160}already exists/,
        /REMOTE HOST IDENTIFICATION HAS CHANGED/,
        /(?:ERR!|error) (?:Cannot read propert(?:y|ies)[^\n]{1,80}|Cannot destructure|Maximum call stack size exceeded|Invalid Version|Tracker "idealTree" already exists|registry error parsing json|must provide string spec|Class extends value undefined|\w{1,30} is not (?:a function|iterable))/i,
        /Unexpected token < |Unexpected token '<'/i,
        /npm-registry-client|Unexpected end of JSON input while parsing near/i,
        /\bSegmentation fault\b|SIGSEGV|segfault at|core dumped|exit (?:value|code|status):? ?139\b|non-zero exit value 139|Bus error|SIGBUS|SIGABRT|SIGILL\b|stack smashing detected/i,
        /Internal failure \(Service: |\bInternalFailure\b|\bInternalServerException\b|\bServiceInternalError\b|InternalServerError \(Service|HandlerErrorCode: (?:InternalFailure|ServiceInternalError)|unknown internal (?:error|failure)|encountered an internal (?:error|failure)/i,
        /An internal error has occurred/i,
        /thread '[^'\n]{1,60}' panicked at [^\n]{0,160}(?:turbo(?:pack|repo)|next-swc|swc_|rolldown|oxc|biome|rustc)|FATAL: An unexpected Turbopack error/i,
        /internal compiler error: (?!Killed)|error: internal compiler error|the compiler unexpectedly panicked|Debug Failure\./i,
        /V8_Fatal|FailureMessage Object|corrupted (?:double-linked list|size vs)|double free or corruption|malloc\(\): /,
        /nginx: \[emerg\] (?:unknown directive|unexpected|duplicate|invalid (?:number of arguments|parameter|value)|"[^"\n]{1,80}" directive (?:is not allowed|is duplicate|has no))|\bAH00526\b/,
        /Cannot find module '\/usr\/(?:local\/)?(?:lib|share)\/[^'\n]{1,200}'/,
        /kernel panic|Kernel panic|hardware error|machine check exception/,
        /Assertion failed: [^\n]{1,120}file [^\n]{1,120}\.c|uv__\w{1,40}|node::(?!internal)[\w:]{1,60}\(/,
        /A fatal error has been detected by the Java Runtime Environment/i,
        /Assertion [`'][^\n]{1,200}' failed|uv_thread_create|node::Abort\(\)/,
        /Malformed input request|unsupported for streaming|ModelErrorException|ModelStreamErrorException|ModelTimeoutException|ValidationException: Operation not allowed/i,
        /iptables[^\n]{0,80}(?:No chain|failed)|failed to (?:register layer|mount overlay)(?![^\n]{0,200}no space left)|error creating overlay mount|dpkg was interrupted|dpkg: error processing package|NO_PUBKEY|(?:unsupported|read-only) cgroup/i,
        /An unexpected error occurred: "(?:Cannot read propert|\w{1,40} is not|Maximum call stack|Unexpected)/i,
        /The service (?:was stopped|is no longer running)/,
        /insufficient_quota|check your plan and billing details/i,
        /license (?:key|file)?[^\n]{0,40}(?:expired|invalid|not found|required)/i,
      ],
      excludes:
        /heap out of memory|no space left on device|Killed process|Allocation failed|panic: runtime error|goroutine \d/i,
    },
    {
      // What a rule of the organisation refuses is no fault of the build: nothing is retried, installed or left out.
      cause: 'unknown',
      confidence: 0.9,
      rank: 'root',
      patterns: [
        /\b(?:is|are|was) (?:not (?:permitted|allowed|approved)|banned|blocked|denied|rejected) by (?:the |an? |your )?(?:--\w|[\w-]{0,40} ?(?:policy|policies|rules?|licen[cs]e|include\/exclude|exclude))/i,
        /\bpolic(?:y|ies) (?:failure|violat\w{1,4}|check failed|evaluation failed)|\bviolates? (?:the |an? |your )?[\w -]{0,40}polic(?:y|ies)\b/i,
        /QUALITY GATE (?:STATUS: )?FAILED|quality gate (?:has )?failed|\bleaks? found: [1-9]|secrets? (?:were |was )?detected in/i,
        /licen[cs]e (?:check|compliance|scan|audit|violation)s?[^\n]{0,40}(?:fail|unsuccess|violat|found|detected)|(?:forbidden|disallowed|prohibited|unapproved|denied) licen[cs]es?\b/i,
        /(?:coverage|size|budget|severity|score)[^\n]{0,60}(?:threshold[^\n]{0,40}(?:not met|exceeded|below)|has exceeded|below (?:the )?(?:minimum|threshold))|exceeded maximum budget/i,
      ],
    },
    {
      // A device that fails makes every program on it fail in its own words.
      cause: 'unknown',
      confidence: 0.95,
      rank: 'decisive',
      patterns: [
        /blk_update_request: |Buffer I\/O error on dev|critical (?:medium|target) error|Unrecovered read error|\bI\/O error, dev \w/,
        /(?:EXT4-fs|XFS|BTRFS)[^\n]{0,40}(?:error|corrupt|Remounting filesystem read-only|log I\/O)|Remounting filesystem read-only/i,
        /soft lockup - CPU|self-detected stall on CPU|hung_task_timeout|Machine Check|EDAC [^\n]{0,40}error/i,
        /could not locate a valid checkpoint record|invalid page in block \d|(?:loose|packed) object [^\n]{0,200}is corrupt|inflate: data stream error|pack has bad object/i,
      ],
      // A machine without memory or space stalls as well.
      excludes: /Out of memory: Kill|oom-?kill|no space left on device/i,
    },
    {
      // A tool that calls its failure a fault of its own.
      cause: 'unknown',
      confidence: 0.9,
      rank: 'root',
      patterns: [
        /This is (?:a|always a) bug in (?:the |an? )?\w|indicates a bug in|entered unreachable code|we would appreciate a bug report|please (?:file|submit) a bug report|This is a non-recoverable error/i,
        /Gradle build daemon disappeared[^\n]{0,80}(?:may|might) have|RustPanic: |fatal error: all goroutines are asleep/i,
      ],
      excludes:
        /heap (?:out of memory|space)|Killed process|Allocation failed|OutOfMemory|Out of memory|oom-?kill|\b137\b|^Killed$|no space left on device/im,
    },
  ],
};
