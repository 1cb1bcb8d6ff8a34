//! Tensors in a safetensors file, in PyTorch's order of axes.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::error::{Error, ErrorKind};
use crate::layer::{Parameters, Role};
use crate::model::Model;
use crate::tensor::Tensor;
use crate::train::optimizer::OptimizerState;

/// Where axis i of a stored tensor is in ours.
fn axes(role: Role) -> &'static [usize] {
    match role {
        Role::ConvolutionWeight => &[3, 2, 0, 1],
        Role::LinearWeight => &[1, 0],
        Role::Vector | Role::Statistic => &[0],
    }
}

const TRAJECTORY: &str = "trajectory";

/// The content of a file with the weights of `model` and, if given, the optimiser's memory and the path of the weights.
pub(super) fn encode(
    file: &str,
    model: &Model,
    optimizer: Option<&OptimizerState>,
    trajectory: Option<&Tensor>,
) -> Result<Vec<u8>, Error> {
    let parameters = &model.graph().parameters;
    let mut stored: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    let mut store = |name: String, role: Role, tensor: &Tensor| {
        let (shape, values) = transposed(tensor, axes(role));
        stored.push((name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect()));
    };
    for parameter in parameters.iter() {
        store(parameter.name.clone(), parameter.role, &parameter.tensor);
    }
    for (name, tensor) in optimizer.into_iter().flat_map(|state| state.tensors(parameters)) {
        store(name.clone(), role_of(parameters, &name), tensor);
    }
    if let Some(trajectory) = trajectory {
        let bytes = trajectory.values().iter().flat_map(|value| value.to_le_bytes()).collect();
        stored.push((TRAJECTORY.to_owned(), trajectory.shape().to_vec(), bytes));
    }
    let views = stored
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
    let views: Result<Vec<_>, safetensors::SafeTensorError> = views.collect();
    let encoded = views.and_then(|views| safetensors::serialize(views, None));
    encoded.map_err(|error| Error::malformed(file, format!("it cannot be written as safetensors ({error})")))
}

/// The role of the parameter whose name ends that of a remembered tensor.
fn role_of(parameters: &Parameters<f32>, name: &str) -> Role {
    let parameter = name.splitn(3, '.').nth(2).unwrap_or_default();
    parameters.iter().find(|candidate| candidate.name == parameter).map_or(Role::Vector, |found| found.role)
}

/// Reads the weights of `model` from the content of `file`.
pub(super) fn decode_model(file: &str, bytes: &[u8], model: &mut Model) -> Result<(), Error> {
    let stored = parse(file, bytes)?;
    for parameter in model.graph_mut().parameters.iter_mut() {
        read(file, &stored, &parameter.name, parameter.role, &mut parameter.tensor)?;
    }
    Ok(())
}

/// Reads the path of the weights from the content of `file`, if it is there.
pub(super) fn decode_trajectory(file: &str, bytes: &[u8]) -> Result<Option<Tensor>, Error> {
    let stored = parse(file, bytes)?;
    let Ok(view) = stored.tensor(TRAJECTORY) else { return Ok(None) };
    if view.dtype() != Dtype::F32 {
        return Err(Error::malformed(file, format!("{TRAJECTORY:?} is not in single precision")));
    }
    let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    Tensor::new(view.shape(), values.collect()).map(Some)
}

/// Reads the optimiser's memory from the content of `file`.
pub(super) fn decode_optimizer(
    file: &str,
    bytes: &[u8],
    parameters: &Parameters<f32>,
    optimizer: &mut OptimizerState,
) -> Result<(), Error> {
    let stored = parse(file, bytes)?;
    for (name, tensor) in optimizer.tensors_mut(parameters) {
        read(file, &stored, &name, role_of(parameters, &name), tensor)?;
    }
    Ok(())
}

pub(super) fn parse<'a>(file: &str, bytes: &'a [u8]) -> Result<SafeTensors<'a>, Error> {
    let parsed = SafeTensors::deserialize(bytes);
    parsed
        .map_err(|error| Error::malformed(file, format!("it is truncated or no safetensors file ({error})")))
}

pub(super) fn read(
    file: &str,
    stored: &SafeTensors<'_>,
    name: &str,
    role: Role,
    tensor: &mut Tensor,
) -> Result<(), Error> {
    let found = stored
        .tensor(name)
        .map_err(|_| ErrorKind::MissingTensor { file: file.to_owned(), tensor: name.to_owned() })?;
    let axes = axes(role);
    let expected: Vec<usize> = axes.iter().map(|axis| tensor.shape()[*axis]).collect();
    if found.dtype() != Dtype::F32 || found.shape() != expected {
        return Err(ErrorKind::TensorMismatch {
            file: file.to_owned(),
            tensor: name.to_owned(),
            expected: format!("F32 {expected:?}"),
            found: format!("{:?} {:?}", found.dtype(), found.shape()),
        }
        .into());
    }
    let bytes = found.data().as_chunks::<4>().0.iter();
    let values: Vec<f32> = bytes.map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(Error::malformed(file, format!("tensor {name:?} holds {value}")));
    }
    let mut back = vec![0; axes.len()];
    axes.iter().enumerate().for_each(|(stored, ours)| back[*ours] = stored);
    *tensor = Tensor::from_parts(
        tensor.shape().to_vec(),
        transposed(&Tensor::from_parts(expected, values), &back).1,
    );
    Ok(())
}

/// The tensor with its axes in another order: axis i of the result is axis `axes[i]`.
fn transposed(tensor: &Tensor, axes: &[usize]) -> (Vec<usize>, Vec<f32>) {
    let mut strides = vec![1; axes.len()];
    for axis in (0..axes.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * tensor.shape()[axis + 1];
    }
    let shape: Vec<usize> = axes.iter().map(|axis| tensor.shape()[*axis]).collect();
    let mut values = Vec::with_capacity(tensor.len());
    let mut index = vec![0; axes.len()];
    for _ in 0..tensor.len() {
        let from: usize = index.iter().zip(axes).map(|(index, axis)| index * strides[*axis]).sum();
        values.push(tensor.values()[from]);
        advance(&mut index, &shape);
    }
    (shape, values)
}

fn advance(index: &mut [usize], shape: &[usize]) {
    for (index, extent) in index.iter_mut().zip(shape).rev() {
        *index += 1;
        if *index < *extent {
            return;
        }
        *index = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_moved() {
        let tensor = Tensor::new(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(transposed(&tensor, &[1, 0]), (vec![3, 2], vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
    }
}
