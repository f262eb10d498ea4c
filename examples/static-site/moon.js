/** Mean length of a lunar month, and a new moon to count from (Meeus, Astronomical Algorithms, chapter 49). */
const MONTH_DAYS = 29.530588861;
const NEW_MOON = Date.UTC(2000, 0, 6, 18, 14);
const DAY_MILLISECONDS = 86_400_000;

const PHASES = [
  'New moon',
  'Waxing crescent',
  'First quarter',
  'Waxing gibbous',
  'Full moon',
  'Waning gibbous',
  'Last quarter',
  'Waning crescent',
];

const element = (id) => document.getElementById(id);
const slider = element('days');
slider.addEventListener('input', show);
show();

function show() {
  const days = Number(slider.value);
  const date = new Date(Date.now() + days * DAY_MILLISECONDS);
  const age = ageInDays(date);
  element('phase').textContent = PHASES[Math.round((age / MONTH_DAYS) * 8) % 8];
  element('illumination').textContent = `${Math.round(litFraction(age) * 100)} %`;
  element('age').textContent = `${age.toFixed(1)} days`;
  element('next-full').textContent = nameOfDay(nextAt(date, MONTH_DAYS / 2));
  element('next-new').textContent = nameOfDay(nextAt(date, 0));
  element('night').textContent = days === 0 ? 'today' : nameOfDay(date);
  element('lit-part').setAttribute('d', litOutline(age));
}

/** Days since the last new moon. */
function ageInDays(date) {
  const days = (date.getTime() - NEW_MOON) / DAY_MILLISECONDS;
  return ((days % MONTH_DAYS) + MONTH_DAYS) % MONTH_DAYS;
}

function litFraction(age) {
  return (1 - Math.cos((2 * Math.PI * age) / MONTH_DAYS)) / 2;
}

/** The next time after `date` at which the moon has this age. */
function nextAt(date, age) {
  const days = (age - ageInDays(date) + MONTH_DAYS) % MONTH_DAYS;
  return new Date(date.getTime() + days * DAY_MILLISECONDS);
}

/** Half a circle on the lit side, and half an ellipse for the edge of the shadow, seen from the north. */
function litOutline(age) {
  const waxing = age < MONTH_DAYS / 2;
  const lit = litFraction(age);
  const rim = waxing ? 1 : 0;
  const edge = lit > 0.5 ? rim : 1 - rim;
  return `M 0 -100 A 100 100 0 0 ${rim} 0 100 A ${(Math.abs(1 - 2 * lit) * 100).toFixed(2)} 100 0 0 ${edge} 0 -100`;
}

function nameOfDay(date) {
  return date.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'long' });
}
