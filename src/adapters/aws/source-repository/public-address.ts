import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { HiveMindError } from '../../../domain/errors.ts';

/** What is not the public internet: IANA's special-purpose registries, and where clouds keep their metadata. */
const INTERNAL = blockLists([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Of IPv6 only global unicast is public; these parts of it carry an IPv4 address, or none that is routed.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);
const LOOPBACK = blockLists(['127.0.0.0/8', '::1/128']);

/** One list for each family: Node takes a rule such as `::/3` to mean every IPv4 address too. */
function blockLists(networks: readonly string[]): Readonly<Record<'ipv4' | 'ipv6', BlockList>> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    lists[family].addSubnet(address, Number(bits), family);
  }
  return lists;
}

export interface AddressRule {
  /** A server on this machine, as tests have one. */
  readonly allowLoopback: boolean;
}

/** Whether a connection to this IP address may be made on behalf of somebody else. */
export function isPublicAddress(address: string, { allowLoopback }: AddressRule): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return (
    (allowLoopback && LOOPBACK[family].check(address, family)) || !INTERNAL[family].check(address, family)
  );
}

/** @throws {HiveMindError} UnsafeSource: the host is written as an address that is not public */
export function assertPublicHost(url: URL, rule: AddressRule): void {
  // A name is judged by what it resolves to, when the connection is made; an address is never resolved.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !isPublicAddress(host, rule)) throw internalAddress(url.hostname);
}

/** Resolves names for a connection, and refuses those that lead to an address that is not public. */
export const publicLookup =
  (rule: AddressRule): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const first = addresses[0];
      if (!first || !addresses.every(({ address }) => isPublicAddress(address, rule))) {
        return callback(internalAddress(hostname), []);
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };

const internalAddress = (host: string): HiveMindError =>
  new HiveMindError('UnsafeSource', `"${host}" is an address inside of a private network`, {
    hint: 'name a repository on the public internet, or deploy from a local clone of it: the command line uploads that',
  });
