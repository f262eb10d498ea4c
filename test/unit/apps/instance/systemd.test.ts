import { describe, expect, test } from '@jest/globals';
import { environmentFile, parseEnvironmentFile } from '../../../../apps/instance/systemd/environment-file.ts';
import { commandLine, unitFile } from '../../../../apps/instance/systemd/unit-file.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import fc from '../../../fixtures/properties.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/);
const value = anyText().filter((text) => !text.includes('\0'));

describe('an environment file', () => {
  test('gives back what went in, line breaks and quotes too', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (variables) => {
        expect(parseEnvironmentFile(environmentFile(variables))).toEqual({ ...variables });
      }),
    );
  });

  test('escapes what means something between double quotes, and nothing else', () => {
    expect(environmentFile({ A: `a "b" \\ $c \`d\` 'e' %n\nf ` })).toBe(
      'A="a \\"b\\" \\\\ \\$c \\`d\\` \'e\' %n\nf "\n',
    );
  });

  test('leaves out names that no process could read, and refuses values that none can be given', () => {
    expect(environmentFile({ 'A-B': '1', '1A': '2', 'A=B': '3', A: '4' })).toBe('A="4"\n');
    expect(() => environmentFile({ A: 'a\0b' })).toThrow('the variable A has a NUL character');
  });
});

describe('a unit', () => {
  test('starts exactly the arguments that it was given', () => {
    expect(commandLine(['a b', '"c"', '\\d', `$E \${F}`, '%n', 'g\nh\ti', '', ';'])).toBe(
      '"a b" "\\"c\\"" "\\\\d" "$$E $${F}" "%%n" "g\\x0ah\\x09i" "" ";"',
    );
  });

  test('takes no value that would be another setting', () => {
    expect(() => unitFile({ Service: [['WorkingDirectory', '/a\nUser=root']] })).toThrow(
      'WorkingDirectory of a unit has a control character',
    );
  });
});
