//! Valid settings that will not scale as intended: rules over the fleet ([`check`]), the findings that are
//! meant so ([`judged`], [`without_allowed`]), and the changes that mend some of them ([`mend`]).
//!
//! Nothing here stops generation: `gen` and `gen validate` do not run these rules.

mod allow;
mod fix;
mod rules;

pub use allow::{judged, without_allowed};
pub use fix::{Mended, mend};
pub use rules::check;
