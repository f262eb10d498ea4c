import type { Topic } from '../signature.ts';

/** Registries that are open to everybody: what they refuse is no question of credentials. */
const OPEN =
  '(?!\\S{0,40}(?:repo1?\\.maven(?:\\.apache)?\\.org|api\\.github\\.com|static\\.crates\\.io|services\\.gradle\\.org))';

/** Clients of other servers say the same of a connection. */
const OF_ECTO = /\b(?:Postgrex|MyXQL|DBConnection|Ecto)\b/;

export const ECOSYSTEMS: Topic = {
  tool: 'Elixir, Rust, the JVM, PHP, Perl, ODBC and uv',
  signatures: [
    {
      cause: 'missing_env_var',
      confidence: 0.95,
      rank: 'root',
      patterns: [
        /could not fetch environment variable "(?<name>[A-Za-z_]\w{0,80})" because it is not set/i,
        /\(System\.EnvError\) could not fetch environment variable "(?<name>[A-Za-z_]\w{0,80})"/i,
      ],
    },
    {
      cause: 'db_host_unresolved',
      requires: OF_ECTO,
      confidence: 0.95,
      rank: 'root',
      patterns: [
        /tcp connect(?: \((?<host>[\w.-]{1,120}):(?!6379|5672)\d{1,5}\))?: (?:non-existing domain - )?:?nxdomain/i,
      ],
    },
    {
      cause: 'db_connection_refused',
      requires: OF_ECTO,
      confidence: 0.94,
      rank: 'root',
      patterns: [
        /tcp connect(?: \((?<host>[\w.-]{1,120}):(?<port>(?!6379|5672)\d{1,5})\))?: (?:connection refused - )?:?econnrefused/i,
      ],
    },
    {
      // Libraries and tools that a build script or a driver looks for on the machine.
      cause: 'missing_system_package',
      confidence: 0.94,
      rank: 'root',
      patterns: [
        /requires the `(?<missing>pkg-config)` utility to find/i,
        /The (?<missing>pkg-config) (?:command|program|utility) could not be found/i,
        /`(?<missing>pkg-config)`\s{1,4}could not be found/i,
        /is `(?<missing>[\w+-]{1,40})` not installed\?/i,
        /failed to find tool "(?<missing>[\w+.-]{1,60})"/i,
        /Unable to find (?<missing>libclang)\b/i,
        /(?:PDOException|DriverException|(?<!\w)\w{1,40}SQLDriver\.php|PDOConnection\.php|ConnectionException|exception occurred in (?:the )?driver)[\s\S]{0,160}?could not find driver/i,
        /Call to undefined function (?<missing>mysqli|pg|oci|sqlsrv|odbc|ldap|imap|gmp|sodium|pcntl|exif)_(?:p?connect|init|open|query|fork|signal|read_data|crypto_\w{1,40})\(\)/i,
        /install_driver\(\w{1,40}\) failed: Can't locate (?<missing>DBD\/\w{1,40}\.pm) in @INC/i,
        /Can't open lib '(?<missing>[^'\n]{1,160})' : file not found/i,
        /DPI-1047: Cannot locate a (?:32|64)-bit (?<missing>Oracle Client) library/i,
        /(?<missing>Git) executable not found\. Ensure that Git is installed/i,
        /Cannot find command '(?<missing>git)' - do you have 'git' installed/i,
        /You need to install (?<missing>git) to be able to use gems from git repositories/i,
        /the "(?<missing>git)" executable is not available in your PATH/i,
        /Couldn't find the binary (?<missing>git)\b/i,
      ],
    },
    {
      cause: 'binary_incompatible',
      confidence: 0.94,
      rank: 'root',
      patterns: [
        /The Prisma engines do not seem to be compatible with your system(?![\s\S]{0,800}libssl\.so)/i,
        /No module named '(?:pydantic_core\._pydantic_core|psycopg2\._psycopg|cryptography\.hazmat\.bindings\._rust|rpds\.rpds|orjson\.orjson|numpy\.core\._multiarray_umath|numpy\._core\._multiarray_umath|_cffi_backend|lxml\.etree|PIL\._imaging)'|cannot import name '(?:_imaging|_psycopg|etree)' from '(?:PIL|psycopg2|lxml)'/i,
      ],
    },
    {
      // The tool wants another version of itself.
      cause: 'runtime_version_mismatch',
      confidence: 0.94,
      rank: 'root',
      params: { runtime: 'uv' },
      patterns: [
        /Required uv version `(?<required>[^`\n]{1,40})` does not match the running version `(?<got>[\w.+-]{1,30})`/i,
      ],
    },
    {
      cause: 'runtime_version_mismatch',
      confidence: 0.94,
      rank: 'root',
      params: { runtime: 'poetry' },
      patterns: [
        /This project requires Poetry (?<required>[^\n,]{1,40}), but you are using Poetry (?<got>[\w.+-]{1,30})/i,
        /The current Poetry version \((?<got>[^)\n]{1,30})\) is not supported by the project \((?<required>[^)\n]{1,40})\)/i,
      ],
    },
    {
      cause: 'registry_auth_failed',
      confidence: 0.92,
      rank: 'root',
      phases: ['recon', 'compile'],
      patterns: [
        new RegExp(
          `auth(?:entication|orization) failed for https?://${OPEN}(?<registry>[\\w.-]{3,100})\\S{0,400}, status: 40[13]`,
          'i',
        ),
        new RegExp(
          `Access denied to: https?://${OPEN}(?<registry>[\\w.-]{3,100})\\S{0,400} ?, ReasonPhrase: ?(?:Forbidden|Unauthorized)`,
          'i',
        ),
        new RegExp(
          `^[^\\n]{0,40}\\b(?:unauthorized|forbidden): https?://${OPEN}(?<registry>[\\w.-]{3,100})`,
          'im',
        ),
        new RegExp(
          `"https?://${OPEN}(?<registry>[\\w.-]{3,100})[^"\\n]{0,300}" file could not be downloaded \\(HTTP/[\\d.]{1,3} 40[13]`,
          'i',
        ),
        new RegExp(
          `failed to get successful HTTP response from \`https?://${OPEN}(?<registry>[\\w.-]{3,100})[^\`\\n]{0,300}\`[^\\n]{0,60}, got 401`,
          'i',
        ),
      ],
    },
    {
      // A package that the project takes from a directory of its own.
      cause: 'source_file_missing',
      confidence: 0.92,
      rank: 'root',
      patterns: [
        /Distribution not found at: file:\/\/(?<file>\/\S{1,200})/i,
        /^[^\n]{0,20}Path (?<file>\/\S{1,200}) for \S{1,100} does not exist/im,
      ],
    },
    {
      // A jar without a main class was packaged so: no other way to start it is known.
      cause: 'app_code_exception',
      confidence: 0.9,
      patterns: [/no main manifest attribute, in (?<file>\S{1,160})/i],
    },
    {
      // Packages that everybody knows; another name may be a module of the project itself.
      cause: 'missing_dependency',
      confidence: 0.92,
      patterns: [
        /Unable to import module '[\w./-]{1,120}': No module named '(?<module>yaml|requests|boto3|numpy|pandas|psycopg2|sqlalchemy|pymysql|dotenv|jwt|cryptography|pydantic|bs4|PIL|redis|flask|django|fastapi|mangum|dateutil|pytz|simplejson|jinja2|aiohttp|httpx|openai|langchain|stripe|pymongo)['.]/i,
      ],
    },
  ],
};
