import { MESSAGE_LIMIT, NAME_LIMIT } from './entries.js';

const HUES = [12, 38, 88, 152, 188, 214, 262, 322];

/** The page of the guestbook. `entry` and `problems` bring back a form that was not accepted. */
export function page({ entries, count, release, entry = {}, problems = {} }) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Guestbook</title>
  <link rel="stylesheet" href="/style.css">
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
  <main>
    <header>
      <h1>Guestbook</h1>
      <p>Glad you came by. Leave a line for the next one.</p>
    </header>
    ${form(entry, problems)}
    <section aria-labelledby="entries">
      <h2 id="entries">${count === 1 ? '1 entry' : `${count} entries`}</h2>
      ${entries.length === 0 ? '<p class="empty">No one has signed yet. Be the first.</p>' : list(entries)}
    </section>
  </main>
  ${footer(release)}
</body>
</html>
`;
}

function form(entry, problems) {
  return `<form method="post" action="/">
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" required maxlength="${NAME_LIMIT}" autocomplete="name" value="${escaped(entry.name)}"${described('name', problems)}>
        ${problem('name', problems)}
      </div>
      <div class="field">
        <label for="message">Message</label>
        <textarea id="message" name="message" required maxlength="${MESSAGE_LIMIT}" rows="3"${described('message', problems)}>${escaped(entry.message)}</textarea>
        ${problem('message', problems)}
      </div>
      <button type="submit">Sign the guestbook</button>
    </form>`;
}

const described = (field, problems) =>
  problems[field] ? ` aria-invalid="true" aria-describedby="${field}-problem"` : '';

const problem = (field, problems) =>
  problems[field] ? `<p class="problem" id="${field}-problem">${escaped(problems[field])}</p>` : '';

const list = (entries) => `<ol>${entries.map(item).join('')}</ol>`;

function item({ id, name, message, createdAt }) {
  const time = createdAt.toISOString();
  return `
        <li>
          <span class="initial h${HUES[hash(name) % HUES.length]}" aria-hidden="true">${escaped([...name][0]?.toUpperCase())}</span>
          <article id="entry-${id}">
            <h3>${escaped(name)} <time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time></h3>
            <p>${escaped(message)}</p>
          </article>
        </li>`;
}

function footer({ number, commit, instance }) {
  const parts = [
    ['release', number],
    ['commit', commit?.slice(0, 7)],
    ['instance', instance],
  ].filter(([, value]) => value);
  const facts = parts.map(([name, value]) => `<span>${name} <b>${escaped(value)}</b></span>`).join('');
  return `<footer>${facts || '<span>not deployed yet, just running</span>'}</footer>`;
}

const hash = (text) => [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 9973, 7);

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value) => String(value ?? '').replace(/[&<>"']/g, (character) => ESCAPES[character]);
