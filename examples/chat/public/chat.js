const element = (id) => document.getElementById(id);
const messages = element('messages');
const nameField = element('name');
const textField = element('text');

let socket;
let waitMilliseconds = 250;
/** Ids of one connection's instance; a new connection may reach another instance with its own history. */
let shown = new Set();

nameField.value = localStorage.getItem('name') ?? '';
element('form').addEventListener('submit', say);
connect();

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${scheme}://${location.host}/chat`);
  socket.addEventListener('open', () => {
    waitMilliseconds = 250;
  });
  socket.addEventListener('message', ({ data }) => receive(JSON.parse(data)));
  socket.addEventListener('close', () => {
    state('offline', 'connecting again');
    setTimeout(connect, waitMilliseconds);
    waitMilliseconds = Math.min(waitMilliseconds * 2, 5000);
  });
}

function receive(event) {
  if (event.type === 'instance')
    element('instance').textContent = event.instance ? ` (${event.instance})` : '';
  if (event.type === 'people') state('online', event.count === 1 ? 'only you' : `${event.count} people`);
  if (event.type === 'slow-down') state('offline', 'a little slower, please');
  if (event.type === 'message') show(event.message);
  if (event.type === 'welcome') {
    shown = new Set();
    messages.replaceChildren();
    event.messages.forEach(show);
  }
}

function show({ id, name, text, at }) {
  if (shown.has(id)) return;
  shown.add(id);
  const atTheEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 60;
  const item = document.createElement('li');
  item.classList.toggle('mine', name === nameField.value.trim());
  item.append(part('b', name), part('time', at.slice(11, 16)), part('p', text));
  messages.append(item);
  if (atTheEnd) messages.scrollTop = messages.scrollHeight;
}

function part(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

function say(event) {
  event.preventDefault();
  const name = nameField.value.trim();
  const text = textField.value.trim();
  if (name === '' || text === '' || socket.readyState !== WebSocket.OPEN) return;
  localStorage.setItem('name', name);
  socket.send(JSON.stringify({ name, text }));
  textField.value = '';
  textField.focus();
}

function state(light, text) {
  element('light').className = light;
  element('state').textContent = text;
}
