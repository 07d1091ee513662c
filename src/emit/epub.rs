//! Epub

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;

/// Epub
pub struct Epub;

impl Backend for Epub {
    fn name(&self) -> &'static str {
        "epub"
    }

    fn emit(&self, _: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        Err(EmitError::Format("not yet".into()))
    }
}
