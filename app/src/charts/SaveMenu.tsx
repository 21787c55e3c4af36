// Saves a chart: as pixels, as vectors, or as the numbers it shows. Both pictures have the chart's title, the key of its
// colours and the line that says what it was found with.

import { download } from "../export/download.ts";
import { report } from "../state/notices.ts";
import { get } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { MenuButton } from "../ui/MenuButton.tsx";
import type { MenuParts } from "../ui/popups.tsx";
import { useDark } from "../ui/theme.ts";
import type { ColourKey } from "./colourKey.ts";
import { type Drawn, framed } from "./pictureFile.ts";
import { sourceLine } from "./sourceLine.ts";
import { drawnOf, pngOf } from "./svgFile.ts";

/** An element of the page, or a drawing that is not on it. */
type Picture = SVGSVGElement | HTMLCanvasElement | Drawn;

export interface SaveProps {
  /** "Save the slice": the button's name. */
  readonly label: string;
  /** Of the files, without their ending. */
  readonly name: string;
  /** Above the picture in its file. */
  readonly title: string;
  /** "measured, n=64": how its numbers were found. */
  readonly source: string;
  /** The picture as it is now; null where it is not there (yet). */
  readonly picture: (dark: boolean) => Picture | null | undefined | Promise<Picture | null>;
  /** What its colours mean, where they stand for values. */
  readonly colours?: (dark: boolean) => ColourKey | null;
  readonly csv: () => string | Promise<string>;
  readonly disabled?: boolean;
  /** Where there is little room: the icon alone. */
  readonly compact?: boolean;
}

export function SaveMenu({
  label,
  name,
  title,
  source,
  picture,
  colours,
  csv,
  disabled,
  compact,
}: SaveProps) {
  const dark = useDark();
  const file = fileName(name);
  const drawn = async () => {
    const found = await picture(dark);
    if (!found) throw new Error("picture: not drawn yet, expected it on the page");
    const own = found instanceof Element ? drawnOf(found) : found;
    return framed(own, { title, source: sourceLine(get(), source), key: colours?.(dark) ?? null, dark });
  };
  const savePng = async () => download(`${file}.png`, [await pngOf(await drawn())], "image/png");
  const saveSvg = async () => download(`${file}.svg`, [(await drawn()).svg], "image/svg+xml");
  const saveCsv = async () => download(`${file}.csv`, [await csv()], "text/csv");
  return (
    <MenuButton
      align="end"
      button={
        <Button
          size="small"
          kind="plain"
          aria-label={label}
          title={compact ? label : undefined}
          disabled={disabled}
        >
          <DownloadIcon />
          {!compact && "Save"}
        </Button>
      }
    >
      {(Menu) => (
        <>
          <Choice menu={Menu} note="pixels, twice the size on the screen" save={savePng}>
            PNG
          </Choice>
          <Choice menu={Menu} note="vectors, with these colours" save={saveSvg}>
            SVG
          </Choice>
          <Choice menu={Menu} note="the numbers, row by row" save={saveCsv}>
            CSV
          </Choice>
        </>
      )}
    </MenuButton>
  );
}

interface ChoiceProps {
  readonly menu: MenuParts;
  readonly children: string;
  readonly note: string;
  readonly save: () => Promise<void>;
}

const Choice = ({ menu: Menu, children, note, save }: ChoiceProps) => (
  <Menu.Item className="menu-item" onSelect={() => void save().catch(report)}>
    {children}
    <span className="menu-note">{note}</span>
  </Menu.Item>
);

/** What every system takes as a file's name. */
const fileName = (name: string) => name.replace(/[^\w.-]+/g, "-");
