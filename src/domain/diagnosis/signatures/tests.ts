import type { Topic } from '../signature.ts';

export const TESTS: Topic = {
  tool: 'test runners',
  signatures: [
    {
      cause: 'tests_failed',
      confidence: 0.93,
      phases: ['compile'],
      rank: 'decisive',
      params: { tool: 'surefire' },
      patterns: [
        /There are test failures/i,
        /maven-(?:surefire|failsafe)-plugin:[\w.-]{1,30}:(?:integration-)?(?:test|verify)[^\n]{0,160}(?:There (?:are|was)|failures|error in the fork)/i,
      ],
    },
    {
      cause: 'tests_failed',
      confidence: 0.92,
      phases: ['compile'],
      rank: 'decisive',
      patterns: [
        /Tests:\s{1,8}[1-9]\d{0,5} failed/i,
        /Test Suites:\s{1,8}[1-9]\d{0,5} failed/i,
        /Test Files\s{1,4}[1-9]\d{0,5} failed/i,
        /^\s{0,12}(?:[\d.]{1,10} )?[1-9]\d{0,5} failing\b/im,
        /={3,80} [^\n]{0,80}\b[1-9]\d{0,5} failed\b[^\n]{0,80} in [\d.:]{1,12}/i,
        /^(?:[^\n]{0,40} )?FAILED \S{1,160}::\w{1,120}/m,
        /test result: FAILED/i,
        /\d{1,6} examples?, [1-9]\d{0,5} failures?/i,
        /^(?:FAILURES|ERRORS)!\s{1,8}Tests: \d/m,
        /Tests: \d{1,6}, Assertions: \d{1,6}, (?:Failures|Errors): [1-9]/i,
        /Tests run: \d{1,6}, Failures: (?:[1-9]\d{0,5}|\d, Errors: [1-9])/i,
        /There were failing tests/i,
        /Executed \d{1,6} of \d{1,6} [^\n]{0,40}\([1-9]\d{0,5} FAILED\)/i,
        /FAILED \((?:failures|errors)=\d/i,
        /Failed!\s{1,4}- Failed:\s{1,8}[1-9]/i,
        /^# fail [1-9]/m,
        /^\s{0,8}[1-9]\d{0,5} (?:tests?|specs?) failed\b/im,
        /\b[1-9]\d{0,4} of \d{1,6} (?:tests? )?failed \(\d{1,3}%\)/i,
        /^\s{0,8}[1-9]\d{0,4} failed\s{1,8}\[?\S{0,160}(?:›|\.spec\.|\.test\.)/m,
        /(?:coverage|Jest: "global" coverage) threshold for \w{1,20} \([\d.]{1,6}%\) not met/i,
        /Some tests failed|One or more tests failed|Tests? failed with exit code/i,
        /npm test[^\n]{0,60}exited with (?:code )?[1-9]/i,
      ],
    },
    {
      cause: 'tests_failed',
      confidence: 0.92,
      phases: ['compile'],
      rank: 'decisive',
      params: { tool: 'go test' },
      patterns: [/--- FAIL: \w/, /^FAIL\s{1,12}[\w./-]{1,160}\s{1,12}(?:[\d.]{1,10}s|\[build failed\])/m],
    },
    {
      // The last word of `go test`, when what it says of the tests is cut off.
      cause: 'tests_failed',
      confidence: 0.9,
      phases: ['compile'],
      rank: 'root',
      params: { tool: 'go test' },
      requires:
        /^(?:=== RUN |\s{0,12}--- (?:PASS|FAIL|SKIP): |ok\s{1,12}[\w./-]{1,160}\s{1,12}[\d.]{1,10}s)/m,
      patterns: [/^FAIL\s{0,4}$/m],
    },
  ],
};
