/** The mark: three units of a rack, the middle one a prompt. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden="true" className="rs-brand-mark" height={size} viewBox="0 0 32 32" width={size}>
      <title>Rackside</title>
      <rect
        fill="none"
        height="27"
        rx="5"
        stroke="currentColor"
        strokeOpacity="0.55"
        strokeWidth="2"
        width="27"
        x="2.5"
        y="2.5"
      />
      <path d="M8 9h16" stroke="currentColor" strokeLinecap="round" strokeOpacity="0.55" strokeWidth="2.5" />
      <path
        d="m8 14.5 4 3-4 3"
        fill="none"
        stroke="var(--rs-accent)"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="2.5"
      />
      <path d="M15.5 20.5H24" stroke="var(--rs-accent)" strokeLinecap="round" strokeWidth="2.5" />
      <path d="M8 25h10" stroke="currentColor" strokeLinecap="round" strokeOpacity="0.55" strokeWidth="2" />
    </svg>
  );
}
