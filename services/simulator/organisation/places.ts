// The catalogue of marketplaces, and of the offices that serve them: time zone, country, network, and which one sits near the sellers.

export interface Place {
  readonly marketplace: string;
  readonly office: string;
  readonly timeZone: string;
  readonly country: string;
  /** The first two bytes of the office's addresses. */
  readonly network: string;
  /** Usual share of staff and of sellers, before an organisation's own mix. */
  readonly size: number;
  readonly nearSellers: boolean;
}

/** In the order in which organisations grow: a small one has the first two. */
export const PLACES: readonly Place[] = [
  {
    marketplace: 'US',
    office: 'austin',
    timeZone: 'America/Chicago',
    country: 'US',
    network: '10.11',
    size: 30,
    nearSellers: false,
  },
  {
    marketplace: 'CN',
    office: 'shenzhen',
    timeZone: 'Asia/Shanghai',
    country: 'CN',
    network: '10.31',
    size: 22,
    nearSellers: true,
  },
  {
    marketplace: 'DE',
    office: 'leipzig',
    timeZone: 'Europe/Berlin',
    country: 'DE',
    network: '10.21',
    size: 14,
    nearSellers: false,
  },
  {
    marketplace: 'IN',
    office: 'hyderabad',
    timeZone: 'Asia/Kolkata',
    country: 'IN',
    network: '10.41',
    size: 20,
    nearSellers: false,
  },
  {
    marketplace: 'UK',
    office: 'cardiff',
    timeZone: 'Europe/London',
    country: 'GB',
    network: '10.22',
    size: 12,
    nearSellers: false,
  },
  {
    marketplace: 'FR',
    office: 'lyon',
    timeZone: 'Europe/Paris',
    country: 'FR',
    network: '10.23',
    size: 10,
    nearSellers: false,
  },
  {
    marketplace: 'JP',
    office: 'sapporo',
    timeZone: 'Asia/Tokyo',
    country: 'JP',
    network: '10.51',
    size: 10,
    nearSellers: false,
  },
  {
    marketplace: 'MX',
    office: 'puebla',
    timeZone: 'America/Mexico_City',
    country: 'MX',
    network: '10.61',
    size: 8,
    nearSellers: false,
  },
];

/** How many of the places an organisation of this size has. */
export function placesFor(employees: number): readonly Place[] {
  if (employees < 100) return PLACES.slice(0, 2);
  if (employees < 300) return PLACES.slice(0, 3);
  if (employees < 800) return PLACES.slice(0, 4);
  return employees < 2_000 ? PLACES.slice(0, 6) : PLACES;
}
