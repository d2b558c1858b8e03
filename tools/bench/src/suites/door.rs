use super::plan::{Bench, Row, Suite};
use crate::delivery::Content;
use crate::measure::compare;
use crate::works;

/// Warm invocations of all sizes and contents.
pub(super) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for content in [Content::Json, Content::Binary] {
        for &bytes in &bench.settings.sizes {
            let programs: Vec<_> = bench
                .programs
                .receivers()
                .filter(|program| works::takes(program.front, content))
                .map(|program| (program, works::receive(program, content, bytes)))
                .collect();
            let figures = compare(&programs, bench.identity(), bench.settings.plan).await?;
            rows.extend(
                programs
                    .iter()
                    .zip(figures)
                    .map(|((program, _), figures)| Row {
                        suite: Suite::Door,
                        program: program.name.clone(),
                        content,
                        bytes,
                        events: 1,
                        tls: bench.settings.tls,
                        figures,
                    }),
            );
            bench.done(&format!("door, {}", content.name()), bytes);
        }
    }
    Ok(rows)
}
