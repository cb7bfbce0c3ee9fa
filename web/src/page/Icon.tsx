const PATHS = {
  back: "M14.5 5 8 12l6.5 7",
  next: "M9.5 5 16 12l-6.5 7",
  enlarge: "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5",
  share: "M12 15V4M8 7.5 12 3.5l4 4M6 11H5v9h14v-9h-1",
  close: "M5.5 5.5l13 13M18.5 5.5l-13 13",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M9 6v12M15 6v12",
};

/** A line drawing, which its button says in words. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  name: keyof typeof PATHS;
  label: string;
  onClick: () => void;
  /** It does nothing now; it keeps its focus. */
  off?: boolean;
  className?: string;
}

export function IconButton({ name, label, onClick, off, className = "" }: IconButtonProps) {
  return (
    <button type="button" className={`icon ${className}`} aria-label={label} title={label} aria-disabled={off} onClick={off ? undefined : onClick}>
      <Icon name={name} />
    </button>
  );
}
