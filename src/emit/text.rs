//! Text

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;

/// Text
pub struct Text;

impl Backend for Text {
    fn name(&self) -> &'static str {
        "txt"
    }

    fn emit(&self, _: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        Err(EmitError::Format("not yet".into()))
    }
}
