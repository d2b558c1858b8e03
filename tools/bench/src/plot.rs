//! A plot of lines with both axes logarithmic, as SVG that follows the reader's light or dark theme.

use std::fmt::Write as _;

/// A program's figures.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// Both above 0.
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;

/// Okabe and Ito's colours, which people with any kind of colour vision can tell apart, in an order
/// that is dark enough on white and light enough on black: <https://jfly.uni-koeln.de/color/>
const COLOURS: [&str; 6] = [
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9",
];

const STYLE: &str = "<style>text{font:13px sans-serif;fill:#24292f}.grid{stroke:#d0d7de;stroke-width:1}\
.line{fill:none;stroke-width:2.5}@media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}}</style>";

/// The powers of ten around some figures.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn around(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value.log10()), high.max(value.log10()))
        });
        let low = low.floor() as i32;
        Self {
            low,
            high: (high.ceil() as i32).max(low + 1),
            from,
            to,
        }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    /// Each power of ten, and where it is.
    fn ticks(&self) -> impl Iterator<Item = (f64, f64)> {
        (self.low..=self.high).map(|power| {
            let value = 10_f64.powi(power);
            (value, self.at(value))
        })
    }
}

/// The lines, each with its name at its end. `name` writes a figure of the x axis.
pub(crate) fn svg(
    title: &str,
    x_label: &str,
    y_label: &str,
    lines: &[Line],
    name: fn(f64) -> String,
) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let x = Axis::around(points().map(|point| point.0), LEFT, WIDTH - RIGHT);
    let y = Axis::around(points().map(|point| point.1), HEIGHT - BOTTOM, TOP);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{}</title>{STYLE}"#,
        escaped(title)
    );
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="20">{}: {}</text>"#,
        escaped(title),
        escaped(y_label)
    );
    for (value, at) in x.ticks() {
        let (bottom, below) = (HEIGHT - BOTTOM, HEIGHT - BOTTOM + 18.0);
        let _ = writeln!(
            svg,
            r#"<line class="grid" x1="{at:.1}" x2="{at:.1}" y1="{TOP}" y2="{bottom}"/><text x="{at:.1}" y="{below}" text-anchor="middle">{}</text>"#,
            escaped(&name(value))
        );
    }
    for (value, at) in y.ticks() {
        let (right, before, middle) = (WIDTH - RIGHT, LEFT - 8.0, at + 4.0);
        let _ = writeln!(
            svg,
            r#"<line class="grid" x1="{LEFT}" x2="{right}" y1="{at:.1}" y2="{at:.1}"/><text x="{before}" y="{middle:.1}" text-anchor="end">{value}</text>"#
        );
    }
    let _ = writeln!(
        svg,
        r#"<text x="{}" y="{}" text-anchor="middle">{}</text>"#,
        f64::midpoint(LEFT, WIDTH - RIGHT),
        HEIGHT - 10.0,
        escaped(x_label)
    );
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let path: Vec<String> = line
            .points
            .iter()
            .map(|point| format!("{:.1},{:.1}", x.at(point.0), y.at(point.1)))
            .collect();
        let _ = writeln!(
            svg,
            r#"<polyline class="line" stroke="{colour}" points="{}"/>"#,
            path.join(" ")
        );
        if let Some(last) = line.points.last() {
            let (right, middle) = (x.at(last.0) + 8.0, y.at(last.1) + 4.0);
            let _ = writeln!(
                svg,
                r#"<text x="{right:.1}" y="{middle:.1}" style="fill:{colour}">{}</text>"#,
                escaped(&line.name)
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenfold_is_one_step_anywhere() {
        let axis = Axis::around([0.03, 54.0].into_iter(), 0.0, 400.0);
        assert_eq!((axis.low, axis.high), (-2, 2));
        for (value, at) in [(0.01, 0.0), (0.1, 100.0), (1.0, 200.0), (100.0, 400.0)] {
            assert!((axis.at(value) - at).abs() < 1e-9, "{value}");
        }
        // One figure, and a power of ten at that, has room too.
        let axis = Axis::around([1.0].into_iter(), 0.0, 400.0);
        assert_eq!((axis.low, axis.high), (0, 1));
    }

    #[test]
    fn each_line_is_drawn_and_named() {
        let lines = [
            Line {
                name: "ours".to_owned(),
                points: vec![(1e3, 0.5), (1e6, 4.0)],
            },
            Line {
                name: "a<b".to_owned(),
                points: vec![(1e3, 0.05), (1e6, 1.5)],
            },
        ];
        let svg = svg("CPU", "size", "ms", &lines, |value| format!("{value}"));
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains(">ours<") && svg.contains(">a&lt;b<"));
        assert!(!svg.contains("NaN") && svg.trim_end().ends_with("</svg>"));
    }
}
