// Saves a picture: as pixels, as vectors, or as the numbers it shows.

import { DropdownMenu } from "radix-ui";
import { blobOf, pngOf, svgText } from "../charts/svgFile.ts";
import { download } from "../export/download.ts";
import { report } from "../state/notices.ts";
import { Button } from "../ui/Button.tsx";
import { DownloadIcon } from "../ui/icons.tsx";

interface Props {
  /** "Save the slice". */
  readonly label: string;
  /** Of the files, without their ending. */
  readonly name: string;
  /** The picture; null where it is not there (yet). */
  readonly picture: () => SVGSVGElement | HTMLCanvasElement | null | undefined;
  readonly csv: () => string;
  readonly disabled?: boolean;
}

export function PictureMenu({ label, name, picture, csv, disabled }: Props) {
  const savePng = async () => {
    const element = picture();
    if (!element) return;
    const blob = await (element instanceof HTMLCanvasElement ? blobOf(element) : pngOf(element));
    download(`${name}.png`, [blob], "image/png");
  };
  const saveSvg = () => {
    const element = picture();
    if (element instanceof SVGSVGElement) download(`${name}.svg`, [svgText(element)], "image/svg+xml");
    else report(new Error("picture: a surface in three dimensions is pixels only, expected PNG"));
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <Button size="small" kind="plain" aria-label={label} disabled={disabled}>
          <DownloadIcon />
          Save
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item className="menu-item" onSelect={() => void savePng().catch(report)}>
            PNG<span className="menu-note">pixels, twice the size on the screen</span>
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={saveSvg}>
            SVG<span className="menu-note">vectors, with these colours</span>
          </DropdownMenu.Item>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => download(`${name}.csv`, [csv()], "text/csv")}
          >
            CSV<span className="menu-note">the numbers, row by row</span>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
