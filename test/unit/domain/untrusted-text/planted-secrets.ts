/** Secrets of every shape that is known, put together here so that no scanner takes this file for a leak. */
const letters = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAcCfFiIlLoOqQ';
const part = (length: number): string => letters.repeat(4).slice(0, length);
const hex = (length: number): string => '3f9a1c7e5b2d8046'.repeat(8).slice(0, length);

export const TOKENS: Readonly<Record<string, string>> = {
  'AWS access key': `AK${'IA'}Q7WERTYZXCVBNM23`,
  'AWS secret key': `wJa${'lrX'}UtnFEMI/K7MDENG/bPxRfiCYzQ9sKEYabc`,
  'Bedrock API key': `AB${'SK'}${part(60)}`,
  'GitHub token': `gh${'p_'}${part(36)}`,
  'GitHub fine-grained token': `github${'_pat_'}${part(22)}_${part(59)}`,
  'GitLab token': `gl${'pat-'}${part(20)}`,
  'npm token': `np${'m_'}${part(36)}`,
  'Slack token': `xo${'xb-'}123456789012-123456789012-${part(24)}`,
  'Stripe key': `sk${'_live_'}${part(24)}`,
  'OpenAI key': `sk${'-proj-'}${part(48)}`,
  'Anthropic key': `sk${'-ant-'}api03-${part(80)}`,
  'Google key': `AI${'za'}${part(35)}`,
  'JSON web token': `ey${'J'}hbGciOiJIUzI1NiJ9.ey${'J'}zdWIiOiIxMjM0NTY3ODkwIn0.${part(43)}`,
  'SendGrid key': `S${'G.'}${part(22)}.${part(43)}`,
  'Hugging Face token': `h${'f_'}${part(34)}`,
  'PyPI token': `py${'pi-'}${part(80)}`,
  'Docker token': `dck${'r_pat_'}${part(27)}`,
  'DigitalOcean token': `do${'p_v1_'}${hex(64)}`,
  'Telegram token': `123456789:${'AA'}${part(33)}`,
  'random key': part(40),
  'hexadecimal key': hex(64),
};

export const PRIVATE_KEY = [
  `-----BEGIN ${'RSA PRIVATE'} KEY-----`,
  part(64),
  part(40),
  `-----END ${'RSA PRIVATE'} KEY-----`,
].join('\n');
