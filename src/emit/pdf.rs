//! Pdf

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;

/// Pdf
pub struct Pdf;

impl Backend for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn emit(&self, _: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        Err(EmitError::Format("not yet".into()))
    }
}
